-- Spending years of one release.
SELECT
    spending_year.member,
    spending_year.year,
    spending_year.source,
    spending_year.release,
    spending_year.stage,
    spending_year.share_gdp_pct,
    spending_year.spending_usd_m_current,
    spending_year.spending_usd_m_constant,
    spending_year.spending_lcu_m_current,
    spending_year.spending_lcu_m_constant,
    spending_year.currency,
    spending_year.constant_base_year,
    spending_year.real_change_pct,
    spending_year.spending_per_capita_usd_constant,
    spending_year.gdp_usd_m_current,
    spending_year.gdp_usd_m_constant,
    spending_year.gdp_per_capita_usd_k_constant,
    spending_year.personnel_thousands,
    spending_year.equipment_share_pct,
    spending_year.personnel_share_pct,
    spending_year.infrastructure_share_pct,
    spending_year.other_share_pct,
    spending_year.missing,
    -- Few rows have notes: those without spare the call.
    CASE WHEN spending_year.notes = '{}' THEN '[]'::jsonb ELSE notes_of(spending_year.notes) END AS notes,
    spending_year.json,
    spending_year.has_figures AS is_known,
    member.has_armed_forces
FROM spending_year
-- Each has its row, as a foreign key; LEFT so that it is looked up only where it is asked for.
LEFT JOIN member ON spending_year.member = member.code
WHERE spending_year.release = %(release)s::text
