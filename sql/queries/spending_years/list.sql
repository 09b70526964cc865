-- Spending years of one release. A null parameter does not filter; `latest` applies after the rest.
WITH matching AS NOT MATERIALIZED (
    SELECT spending_year.*
    FROM spending_year
    WHERE
        spending_year.release = %(release)s
        AND (%(member)s::text[] IS NULL OR spending_year.member = any(%(member)s))
        AND (%(year)s::int4range IS NULL OR spending_year.year <@ %(year)s::int4range)
        AND (%(stage)s::text[] IS NULL OR spending_year.stage = any(%(stage)s))
        AND (
            %(constant_base_year)s::int4range IS NULL
            OR spending_year.constant_base_year <@ %(constant_base_year)s::int4range
        )
        AND (
            %(share_gdp_pct)s::numrange IS NULL
            OR spending_year.share_gdp_pct <@ %(share_gdp_pct)s::numrange
        )
        AND (
            %(spending_usd_m_current)s::numrange IS NULL
            OR spending_year.spending_usd_m_current <@ %(spending_usd_m_current)s::numrange
        )
        AND (
            %(spending_usd_m_constant)s::numrange IS NULL
            OR spending_year.spending_usd_m_constant <@ %(spending_usd_m_constant)s::numrange
        )
        AND (
            %(spending_lcu_m_current)s::numrange IS NULL
            OR spending_year.spending_lcu_m_current <@ %(spending_lcu_m_current)s::numrange
        )
        AND (
            %(spending_lcu_m_constant)s::numrange IS NULL
            OR spending_year.spending_lcu_m_constant <@ %(spending_lcu_m_constant)s::numrange
        )
        AND (
            %(real_change_pct)s::numrange IS NULL
            OR spending_year.real_change_pct <@ %(real_change_pct)s::numrange
        )
        AND (
            %(spending_per_capita_usd_constant)s::numrange IS NULL
            OR spending_year.spending_per_capita_usd_constant <@ %(spending_per_capita_usd_constant)s::numrange
        )
        AND (
            %(gdp_usd_m_current)s::numrange IS NULL
            OR spending_year.gdp_usd_m_current <@ %(gdp_usd_m_current)s::numrange
        )
        AND (
            %(gdp_usd_m_constant)s::numrange IS NULL
            OR spending_year.gdp_usd_m_constant <@ %(gdp_usd_m_constant)s::numrange
        )
        AND (
            %(gdp_per_capita_usd_k_constant)s::numrange IS NULL
            OR spending_year.gdp_per_capita_usd_k_constant <@ %(gdp_per_capita_usd_k_constant)s::numrange
        )
        AND (
            %(personnel_thousands)s::numrange IS NULL
            OR spending_year.personnel_thousands <@ %(personnel_thousands)s::numrange
        )
        AND (
            %(equipment_share_pct)s::numrange IS NULL
            OR spending_year.equipment_share_pct <@ %(equipment_share_pct)s::numrange
        )
        AND (
            %(personnel_share_pct)s::numrange IS NULL
            OR spending_year.personnel_share_pct <@ %(personnel_share_pct)s::numrange
        )
        AND (
            %(infrastructure_share_pct)s::numrange IS NULL
            OR spending_year.infrastructure_share_pct <@ %(infrastructure_share_pct)s::numrange
        )
        AND (
            %(other_share_pct)s::numrange IS NULL
            OR spending_year.other_share_pct <@ %(other_share_pct)s::numrange
        )
),

-- The newest year in which every member asked for that has armed forces has a figure.
common AS (
    SELECT matching.year
    FROM matching
    INNER JOIN member ON matching.member = member.code
    WHERE matching.has_figures AND member.has_armed_forces
    GROUP BY matching.year
    HAVING count(*) = (
        SELECT count(DISTINCT spending_year.member)
        FROM spending_year
        INNER JOIN member ON spending_year.member = member.code
        WHERE
            spending_year.release = %(release)s
            AND member.has_armed_forces
            AND (%(member)s::text[] IS NULL OR spending_year.member = any(%(member)s))
    )
    ORDER BY matching.year DESC
    LIMIT 1
),

newest AS (
    SELECT
        matching.member,
        max(matching.year) AS year
    FROM matching
    WHERE matching.has_figures
    GROUP BY matching.member
)

SELECT
    matching.member,
    matching.year,
    matching.source,
    matching.release,
    matching.stage,
    matching.share_gdp_pct,
    matching.spending_usd_m_current,
    matching.spending_usd_m_constant,
    matching.spending_lcu_m_current,
    matching.spending_lcu_m_constant,
    matching.currency,
    matching.constant_base_year,
    matching.real_change_pct,
    matching.spending_per_capita_usd_constant,
    matching.gdp_usd_m_current,
    matching.gdp_usd_m_constant,
    matching.gdp_per_capita_usd_k_constant,
    matching.personnel_thousands,
    matching.equipment_share_pct,
    matching.personnel_share_pct,
    matching.infrastructure_share_pct,
    matching.other_share_pct,
    matching.missing,
    CASE
        WHEN matching.notes = '{}' THEN '[]'::jsonb
        ELSE (
            SELECT coalesce(jsonb_agg(to_jsonb(note) ORDER BY note.id), '[]'::jsonb)
            FROM note
            WHERE note.id = any(matching.notes)
        )
    END AS notes,
    matching.json
FROM matching
WHERE
    %(latest)s::text IS NULL
    OR (
        %(latest)s = 'each'
        AND (matching.member, matching.year) IN (SELECT newest.member, newest.year FROM newest)
    )
    OR (%(latest)s = 'common' AND matching.year = (SELECT common.year FROM common))
