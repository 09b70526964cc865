-- The figures that paths start from: a row for each member, or one for a group, in one release.
-- They are of the newest year with a share of GDP, or of the year given. Numbers are texts, exact.
WITH figure AS (
    SELECT
        spending_year.member,
        spending_year.year,
        spending_year.share_gdp_pct,
        spending_year.spending_usd_m_constant,
        spending_year.gdp_usd_m_constant,
        CASE %(price_basis)s::text
            WHEN 'current' THEN spending_year.gdp_usd_m_current
            ELSE spending_year.gdp_usd_m_constant
        END AS gdp_usd_m,
        cause.reasons ->> 'share_gdp_pct' AS share_reason,
        cause.reasons ->> ('gdp_usd_m_' || %(price_basis)s::text) AS gdp_reason,
        coalesce(
            cause.reasons ->> 'spending_usd_m_constant', cause.reasons ->> 'gdp_usd_m_constant'
        ) AS part_reason,
        member.has_armed_forces
    FROM spending_year
    INNER JOIN member ON spending_year.member = member.code
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(listed.entry ->> 'field', listed.entry ->> 'reason') AS reasons
        FROM jsonb_array_elements(spending_year.missing) AS listed (entry)
    ) AS cause
    WHERE
        spending_year.release = %(release)s::text
        AND (%(start_year)s::integer IS NULL OR spending_year.year = %(start_year)s::integer)
),

-- A group's share and GDP are those of its computed aggregates.
held AS (
    SELECT
        figure.member AS area,
        figure.year,
        figure.share_gdp_pct,
        figure.gdp_usd_m,
        figure.share_reason,
        figure.gdp_reason
    FROM figure
    WHERE %(group)s::text IS NULL
    UNION ALL
    SELECT
        group_member.group_id,
        figure.year,
        100 * sum(figure.spending_usd_m_constant) FILTER (WHERE whole.is_held)
        / nullif(sum(figure.gdp_usd_m_constant) FILTER (WHERE whole.is_held), 0),
        sum(figure.gdp_usd_m),
        mode() WITHIN GROUP (ORDER BY figure.part_reason COLLATE "C")
            FILTER (WHERE figure.has_armed_forces),
        mode() WITHIN GROUP (ORDER BY figure.gdp_reason COLLATE "C")
    FROM figure
    INNER JOIN group_member
        ON
            figure.member = group_member.member
            AND figure.year BETWEEN group_member.year_first
            AND coalesce(group_member.year_last, figure.year)
    CROSS JOIN LATERAL (
        SELECT
            figure.gdp_usd_m_constant IS NOT NULL
            AND (figure.spending_usd_m_constant IS NOT NULL OR NOT figure.has_armed_forces)
                AS is_held
    ) AS whole
    WHERE group_member.group_id = %(group)s::text
    GROUP BY group_member.group_id, figure.year
),

whose AS (
    SELECT
        member.code AS area,
        member.code AS member
    FROM member
    WHERE %(group)s::text IS NULL
    UNION ALL
    SELECT
        %(group)s::text,
        NULL
    WHERE %(group)s::text IS NOT NULL
)

SELECT DISTINCT ON (whose.area)
    whose.member,
    held.year,
    held.share_gdp_pct::text AS share_gdp_pct,
    held.gdp_usd_m::text AS gdp_usd_m,
    held.share_reason,
    held.gdp_reason,
    release.source,
    release.coverage,
    release.constant_base_year,
    indicator.is_published,
    target.value::text AS target_value,
    proposal.value::text AS proposal_step_pp
FROM whose
INNER JOIN release ON release.id = %(release)s::text
INNER JOIN target ON target.id = %(target)s::text
INNER JOIN indicator ON target.indicator = indicator.id
INNER JOIN target AS proposal ON proposal.id = 'rutte-2025-step'
LEFT JOIN held ON whose.area = held.area
ORDER BY whose.area, held.share_gdp_pct IS NULL, held.year DESC
