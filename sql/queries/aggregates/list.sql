-- Totals of one release: those that the publisher printed, and those computed for one group.
-- Without group and member the group is the alliance.
WITH figure AS (
    SELECT
        observation.area,
        observation.indicator,
        observation.year,
        observation.value,
        observation.stage,
        observation.missing_reason
    FROM observation
    WHERE observation.release = %(release)s
),

covered AS (
    SELECT DISTINCT figure.year
    FROM figure
    WHERE %(year)s::int4range IS NULL OR figure.year <@ %(year)s::int4range
),

-- The areas, and by which rule each is composed. The world is composed of nobody we know.
asked AS (
    SELECT
        area.code AS area,
        'published' AS kind,
        CASE area.code WHEN 'NATO_TOTAL' THEN 'nato' WHEN 'NATO_EUR_CAN' THEN 'nato-excl-usa' END
            AS composition
    FROM area
    WHERE area.kind = 'aggregate' AND (%(kind)s::text IS NULL OR %(kind)s = 'published')
    UNION ALL
    SELECT
        coalesce(
            (
                SELECT string_agg(given.code, '+' ORDER BY given.code COLLATE "C")
                FROM unnest(%(member)s::text[]) AS given (code)
            ),
            %(group)s::text,
            'nato'
        ),
        'computed',
        CASE WHEN %(member)s::text[] IS NULL THEN coalesce(%(group)s::text, 'nato') END
    WHERE %(kind)s::text IS NULL OR %(kind)s = 'computed'
),

-- Who is in an area in a year: whoever was an ally on its last day, and of the European Union then.
belonging AS (
    SELECT
        asked.area,
        covered.year,
        member.code,
        member.has_armed_forces
    FROM asked
    CROSS JOIN covered
    -- A group of one's own is the alliance, but for whoever is not in it.
    INNER JOIN group_member
        ON
            group_member.group_id = CASE
                WHEN asked.kind = 'computed' THEN coalesce(asked.composition, 'nato')
                ELSE asked.composition
            END
            AND covered.year BETWEEN group_member.year_first
            AND coalesce(group_member.year_last, covered.year)
    INNER JOIN member ON group_member.member = member.code
    WHERE
        asked.kind = 'published'
        OR %(member)s::text[] IS NULL
        OR member.code = any(%(member)s)
),

-- How a group's figure is made of its members': of which part, over which whole how many years
-- earlier; a method that is a reason says why none is. Who has no armed forces counts in GDP and
-- population, and in what is measured by them.
formula AS (
    SELECT made.*
    FROM (
        VALUES
        ('share_gdp_pct', 'ratio', 'spending_usd_m_constant', 'gdp_usd_m_constant', 0, false),
        ('spending_usd_m_current', 'sum', 'spending_usd_m_current', NULL, 0, true),
        ('spending_usd_m_constant', 'sum', 'spending_usd_m_constant', NULL, 0, true),
        ('spending_lcu_m_current', 'not_applicable', 'spending_lcu_m_current', NULL, 0, true),
        ('spending_lcu_m_constant', 'not_applicable', 'spending_lcu_m_constant', NULL, 0, true),
        ('real_change_pct', 'change', 'spending_usd_m_constant', 'spending_usd_m_constant', 1, true),
        ('spending_per_capita_usd_constant', 'not_published', 'spending_per_capita_usd_constant', NULL, 0, false),
        ('gdp_usd_m_current', 'sum', 'gdp_usd_m_current', NULL, 0, false),
        ('gdp_usd_m_constant', 'sum', 'gdp_usd_m_constant', NULL, 0, false),
        ('gdp_per_capita_usd_k_constant', 'not_published', 'gdp_per_capita_usd_k_constant', NULL, 0, false),
        ('personnel_thousands', 'sum', 'personnel_thousands', NULL, 0, true),
        ('equipment_share_pct', 'mean', 'equipment_share_pct', 'spending_usd_m_current', 0, true),
        ('personnel_share_pct', 'mean', 'personnel_share_pct', 'spending_usd_m_current', 0, true),
        ('infrastructure_share_pct', 'mean', 'infrastructure_share_pct', 'spending_usd_m_current', 0, true),
        ('other_share_pct', 'mean', 'other_share_pct', 'spending_usd_m_current', 0, true)
    ) AS made (indicator, method, part, whole, lag, needs_forces)
),

line AS (
    SELECT
        asked.area,
        asked.kind,
        covered.year,
        formula.*
    FROM asked
    CROSS JOIN covered
    CROSS JOIN formula
    WHERE asked.kind = 'computed'
    UNION ALL
    SELECT
        asked.area,
        asked.kind,
        figure.year,
        figure.indicator,
        'printed',
        figure.indicator,
        NULL,
        0,
        coalesce(formula.needs_forces, true)
    FROM asked
    INNER JOIN figure ON asked.area = figure.area
    INNER JOIN covered ON figure.year = covered.year
    LEFT JOIN formula ON figure.indicator = formula.indicator
    WHERE asked.kind = 'published'
),

-- What each member brings to a line: nothing where one of its two figures is missing. Without
-- armed forces nothing is spent, so that the whole alone counts.
term AS (
    SELECT
        line.area,
        line.kind,
        line.year,
        line.indicator,
        line.method,
        belonging.code,
        part.value AS part,
        whole.value AS whole,
        coalesce(part.stage = 'estimate', false)
        OR coalesce(whole.stage = 'estimate', false) AS is_estimate,
        CASE
            WHEN line.method = 'printed' THEN coalesce(part.missing_reason = 'not_reported', false)
            WHEN line.method IN ('sum', 'ratio', 'change', 'mean')
                THEN
                    (part.value IS NULL AND (belonging.has_armed_forces OR line.whole IS NULL))
                    OR (whole.value IS NULL AND line.whole IS NOT NULL)
            ELSE false
        END AS is_missing,
        CASE
            WHEN belonging.has_armed_forces OR line.whole IS NULL
                THEN coalesce(part.missing_reason, whole.missing_reason, 'not_held')
        END AS missing_reason
    FROM line
    LEFT JOIN belonging
        ON
            line.area = belonging.area
            AND line.year = belonging.year
            AND (belonging.has_armed_forces OR NOT line.needs_forces)
    LEFT JOIN figure AS part
        ON
            belonging.code = part.area
            AND line.part = part.indicator
            AND line.year = part.year
    LEFT JOIN figure AS whole
        ON
            belonging.code = whole.area
            AND line.whole = whole.indicator
            AND line.year - line.lag = whole.year
    WHERE
        (%(area)s::text[] IS NULL OR line.area = any(%(area)s))
        AND (%(indicator)s::text[] IS NULL OR line.indicator = any(%(indicator)s))
),

composed AS (
    SELECT
        term.area,
        term.kind,
        term.year,
        term.indicator,
        term.method,
        coalesce(
            array_agg(term.code ORDER BY term.code COLLATE "C")
                FILTER (WHERE term.code IS NOT NULL),
            '{}'
        ) AS members,
        coalesce(
            array_agg(term.code ORDER BY term.code COLLATE "C")
                FILTER (WHERE term.code IS NOT NULL AND term.is_missing),
            '{}'
        ) AS missing_members,
        sum(term.part) FILTER (WHERE NOT term.is_missing) AS part,
        sum(term.whole) FILTER (WHERE NOT term.is_missing) AS whole,
        sum(term.part * term.whole) FILTER (WHERE NOT term.is_missing) AS weighted,
        bool_or(term.is_estimate) AS is_estimate,
        mode() WITHIN GROUP (ORDER BY term.missing_reason COLLATE "C")
            FILTER (WHERE term.is_missing) AS missing_reason
    FROM term
    GROUP BY term.area, term.kind, term.year, term.indicator, term.method
),

answered AS (
    SELECT
        composed.*,
        CASE composed.method
            WHEN 'printed' THEN printed.value
            WHEN 'sum' THEN composed.part
            WHEN 'ratio' THEN 100 * composed.part / nullif(composed.whole, 0)
            WHEN 'change'
                THEN 100 * (composed.part - composed.whole) / nullif(composed.whole, 0)
            WHEN 'mean' THEN composed.weighted / nullif(composed.whole, 0)
        END AS value,
        CASE
            WHEN composed.method = 'printed' THEN printed.missing_reason
            WHEN composed.members = '{}' THEN 'not_applicable'
            WHEN composed.method IN ('not_applicable', 'not_published') THEN composed.method
            ELSE coalesce(composed.missing_reason, 'not_applicable')
        END AS reason,
        CASE
            WHEN composed.method = 'printed' THEN printed.stage
            WHEN composed.is_estimate THEN 'estimate'
            ELSE 'actual'
        END AS stage
    FROM composed
    LEFT JOIN figure AS printed
        ON
            composed.area = printed.area
            AND composed.indicator = printed.indicator
            AND composed.year = printed.year
            AND composed.kind = 'published'
)

SELECT
    answered.area,
    answered.kind,
    answered.year,
    answered.indicator,
    answered.value,
    indicator.unit,
    answered.stage,
    answered.members,
    answered.missing_members,
    CASE WHEN answered.value IS NULL THEN answered.reason END AS missing_reason,
    release.source,
    release.id AS release
FROM answered
INNER JOIN indicator ON answered.indicator = indicator.id
INNER JOIN release ON release.id = %(release)s
