-- One target against one release.
-- What is compared is the figure of the target's indicator. Of a total that nobody publishes it is
-- the published part, which can show that the total is reached and never that it is not.
WITH measured AS (
    SELECT
        target.id AS target,
        spending_year.member,
        spending_year.year,
        spending_year.release,
        spending_year.stage,
        target.value AS threshold,
        CASE target.comparison WHEN '>=' THEN 1 ELSE -1 END AS direction,
        CASE target.indicator
            WHEN 'share_gdp_pct' THEN spending_year.share_gdp_pct
            WHEN 'total_share_gdp_pct' THEN spending_year.share_gdp_pct
            WHEN 'equipment_share_pct' THEN spending_year.equipment_share_pct
        END AS figure,
        target.indicator,
        indicator.is_published,
        CASE target.unit WHEN 'pct_defence' THEN 'spending' ELSE 'gdp' END AS base,
        spending_year.gdp_usd_m_current,
        spending_year.gdp_usd_m_constant,
        spending_year.spending_usd_m_current,
        spending_year.spending_usd_m_constant,
        spending_year.spending_lcu_m_current,
        spending_year.missing,
        member.has_armed_forces,
        extract(YEAR FROM member.acceded_on) <= spending_year.year AS is_member
    FROM spending_year
    INNER JOIN member ON spending_year.member = member.code
    INNER JOIN target ON target.id = %(target)s::text
    INNER JOIN indicator ON target.indicator = indicator.id
    WHERE spending_year.release = %(release)s::text
),

-- What a published figure may stand for: half a unit of the last digit that the release gives
-- either way. The upper end itself would have been published as the next digit, hence the sliver.
spanned AS (
    SELECT
        measured.*,
        measured.figure - 0.5 * published.digit AS figure_least,
        measured.figure + 0.5 * published.digit - 1e-30 AS figure_most
    FROM measured
    CROSS JOIN (
        SELECT ('1e-' || max(scale(measured.figure)))::numeric AS digit FROM measured
    ) AS published
),

judged AS (
    SELECT
        spanned.*,
        spanned.direction * (
            coalesce(round(spanned.figure, %(rounding)s::integer), spanned.figure)
            - spanned.threshold
        ) >= 0 AS is_reached,
        spanned.direction * (
            coalesce(round(spanned.figure_least, %(rounding)s), spanned.figure_least)
            - spanned.threshold
        ) >= 0 AS is_reached_by_least,
        spanned.direction * (
            coalesce(round(spanned.figure_most, %(rounding)s), spanned.figure_most)
            - spanned.threshold
        ) >= 0 AS is_reached_by_most
    FROM spanned
),

valued AS (
    SELECT
        judged.*,
        CASE
            WHEN NOT (judged.has_armed_forces AND judged.is_member) THEN 'not_applicable'
            WHEN judged.is_reached THEN 'met'
            WHEN judged.is_reached IS NULL OR NOT judged.is_published THEN 'unknown'
            ELSE 'not_met'
        END AS met,
        CASE WHEN judged.is_published THEN judged.figure END AS value,
        CASE WHEN judged.is_published THEN judged.threshold - judged.figure END AS gap_pp,
        CASE judged.base
            WHEN 'gdp' THEN judged.gdp_usd_m_current
            ELSE judged.spending_usd_m_current
        END AS base_usd_m_current,
        CASE judged.base
            WHEN 'gdp' THEN judged.gdp_usd_m_constant
            ELSE judged.spending_usd_m_constant
        END AS base_usd_m_constant
    FROM judged
),

assessed AS (
    SELECT
        valued.*,
        valued.met IN ('met', 'not_met')
        AND valued.is_reached_by_least <> valued.is_reached_by_most AS within_rounding,
        valued.gap_pp * 0.01 * valued.base_usd_m_current AS gap_usd_m_current,
        valued.gap_pp * 0.01 * valued.base_usd_m_constant AS gap_usd_m_constant,
        valued.gap_pp * 0.01 * valued.base_usd_m_current * valued.spending_lcu_m_current
        / nullif(valued.spending_usd_m_current, 0) AS gap_lcu_m_current
    FROM valued
)

SELECT
    assessed.target,
    assessed.member,
    assessed.year,
    assessed.release,
    assessed.stage,
    assessed.value,
    assessed.threshold,
    assessed.met,
    assessed.within_rounding,
    assessed.gap_pp,
    assessed.gap_usd_m_current,
    assessed.gap_usd_m_constant,
    assessed.gap_lcu_m_current,
    (
        -- A null has the reason of the first figure of ours that it lacks.
        SELECT
            coalesce(
                jsonb_agg(
                    jsonb_build_object('field', lacking.field, 'reason', lacking.reason)
                    ORDER BY lacking.place
                ),
                '[]'::jsonb
            )
        FROM (
            SELECT DISTINCT ON (needed.place)
                needed.place,
                needed.field,
                coalesce(cause.missing ->> 'reason', 'not_published') AS reason
            FROM (
                VALUES
                (1, 'value', 1, assessed.indicator),
                (2, 'gap_pp', 1, assessed.indicator),
                (3, 'gap_usd_m_current', 1, assessed.indicator),
                (3, 'gap_usd_m_current', 2, assessed.base || '_usd_m_current'),
                (4, 'gap_usd_m_constant', 1, assessed.indicator),
                (4, 'gap_usd_m_constant', 2, assessed.base || '_usd_m_constant'),
                (5, 'gap_lcu_m_current', 1, assessed.indicator),
                (5, 'gap_lcu_m_current', 2, assessed.base || '_usd_m_current'),
                (5, 'gap_lcu_m_current', 3, 'spending_usd_m_current'),
                (5, 'gap_lcu_m_current', 4, 'spending_lcu_m_current')
            ) AS needed (place, field, step, figure)
            LEFT JOIN LATERAL jsonb_array_elements(assessed.missing) AS cause (missing)
                ON needed.figure = cause.missing ->> 'field'
            WHERE
                cause.missing IS NOT NULL
                OR (needed.figure = assessed.indicator AND NOT assessed.is_published)
            ORDER BY needed.place, needed.step
        ) AS lacking
    ) AS missing,
    assessed.figure IS NOT NULL AS is_known,
    assessed.has_armed_forces
FROM assessed
