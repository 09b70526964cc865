-- What each release changed of each indicator.
WITH compared AS (
    SELECT
        comparison.*,
        indicator.unit,
        -- By how much: in points where the figure is a percentage itself.
        CASE
            WHEN starts_with(indicator.unit, 'pct') THEN comparison.delta
            ELSE comparison.delta_pct
        END AS change
    FROM comparison
    INNER JOIN indicator ON comparison.indicator = indicator.id
    INNER JOIN area ON comparison.area = area.code
    WHERE
        comparison.to_release = any(%(release)s::text[])
        AND (%(to_release)s::text[] IS NULL OR comparison.to_release = any(%(to_release)s))
        AND (%(indicator)s::text[] IS NULL OR comparison.indicator = any(%(indicator)s))
        AND (%(area_kind)s::text IS NULL OR area.kind = %(area_kind)s)
),

counted AS (
    SELECT
        compared.to_release,
        compared.source,
        compared.indicator,
        compared.unit,
        array_agg(DISTINCT compared.from_release) AS from_releases,
        count(*)::integer AS compared_count,
        count(*) FILTER (WHERE compared.kind = 'unchanged')::integer AS unchanged_count,
        count(*) FILTER (WHERE compared.kind = 'revision')::integer AS revision_count,
        count(*) FILTER (WHERE compared.kind = 'precision')::integer AS precision_count,
        count(*) FILTER (WHERE compared.kind = 'rebase')::integer AS rebase_count,
        count(*) FILTER (WHERE compared.kind = 'currency')::integer AS currency_count
    FROM compared
    GROUP BY compared.to_release, compared.source, compared.indicator, compared.unit
),

-- Of the revisions alone. The median is the mean of the two in the middle: percentile_cont would
-- take it of binary numbers.
revised AS (
    SELECT
        compared.to_release,
        compared.indicator,
        count(*) FILTER (WHERE compared.delta > 0)::integer AS raised_count,
        count(*) FILTER (WHERE compared.delta < 0)::integer AS lowered_count,
        (
            percentile_disc(0.5) WITHIN GROUP (ORDER BY compared.delta)
            + percentile_disc(0.5) WITHIN GROUP (ORDER BY compared.delta DESC)
        ) / 2 AS median_delta,
        (
            percentile_disc(0.5) WITHIN GROUP (ORDER BY compared.delta_pct)
            + percentile_disc(0.5) WITHIN GROUP (ORDER BY compared.delta_pct DESC)
        ) / 2 AS median_delta_pct
    FROM compared
    WHERE compared.kind = 'revision'
    GROUP BY compared.to_release, compared.indicator
),

largest AS (
    SELECT DISTINCT ON (compared.to_release, compared.indicator) compared.*
    FROM compared
    WHERE compared.kind = 'revision'
    ORDER BY
        compared.to_release,
        compared.indicator,
        abs(compared.change) DESC NULLS LAST,
        compared.area COLLATE "C",
        compared.year
)

SELECT
    counted.to_release,
    counted.source,
    counted.from_releases,
    counted.indicator,
    counted.unit,
    counted.compared_count,
    counted.unchanged_count,
    counted.revision_count,
    counted.precision_count,
    counted.rebase_count,
    counted.currency_count,
    coalesce(revised.raised_count, 0) AS raised_count,
    coalesce(revised.lowered_count, 0) AS lowered_count,
    revised.median_delta,
    revised.median_delta_pct,
    largest.area AS largest_area,
    largest.year AS largest_year,
    largest.from_value AS largest_from_value,
    largest.to_value AS largest_to_value,
    largest.delta AS largest_delta,
    largest.delta_pct AS largest_delta_pct
FROM counted
LEFT JOIN revised
    ON counted.to_release = revised.to_release AND counted.indicator = revised.indicator
LEFT JOIN largest
    ON counted.to_release = largest.to_release AND counted.indicator = largest.indicator
