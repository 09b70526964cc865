-- A year's members by both Wales guidelines, in one release.
WITH judged AS (
    SELECT
        spending_year.*,
        member.has_armed_forces
        AND extract(YEAR FROM member.acceded_on) <= spending_year.year AS is_counted,
        coalesce(
            round(spending_year.share_gdp_pct, %(rounding)s::integer), spending_year.share_gdp_pct
        ) >= spending.value AS is_spending_met,
        coalesce(
            round(spending_year.equipment_share_pct, %(rounding)s),
            spending_year.equipment_share_pct
        ) >= equipment.value AS is_equipment_met
    FROM spending_year
    INNER JOIN member ON spending_year.member = member.code
    INNER JOIN target AS spending ON spending.id = 'wales-2014-spending'
    INNER JOIN target AS equipment ON equipment.id = 'wales-2014-equipment'
    WHERE
        spending_year.release = %(release)s
        AND spending_year.year = %(year)s::integer
),

placed AS (
    SELECT
        judged.*,
        CASE
            WHEN NOT judged.is_counted THEN 'not_applicable'
            WHEN judged.is_spending_met IS NULL THEN 'unknown'
            WHEN judged.is_spending_met THEN 'met'
            ELSE 'not_met'
        END AS spending_met,
        CASE
            WHEN NOT judged.is_counted THEN 'not_applicable'
            WHEN judged.is_equipment_met IS NULL THEN 'unknown'
            WHEN judged.is_equipment_met THEN 'met'
            ELSE 'not_met'
        END AS equipment_met,
        CASE
            WHEN NOT judged.is_counted THEN 'not_applicable'
            WHEN judged.is_spending_met IS NULL OR judged.is_equipment_met IS NULL THEN 'unknown'
            WHEN judged.is_spending_met AND judged.is_equipment_met THEN 'both'
            WHEN judged.is_spending_met THEN 'only_spending'
            WHEN judged.is_equipment_met THEN 'only_equipment'
            ELSE 'neither'
        END AS quadrant
    FROM judged
)

SELECT
    placed.member,
    placed.year,
    placed.release,
    placed.stage,
    placed.share_gdp_pct,
    placed.equipment_share_pct,
    placed.spending_met,
    placed.equipment_met,
    placed.quadrant,
    (
        SELECT coalesce(jsonb_agg(cause.missing ORDER BY cause.place), '[]'::jsonb)
        FROM jsonb_array_elements(placed.missing) WITH ORDINALITY AS cause (missing, place)
        WHERE cause.missing ->> 'field' IN ('share_gdp_pct', 'equipment_share_pct')
    ) AS missing
FROM placed
