-- One cell in each of the releases named, oldest first, with what it changed.
SELECT
    observation.area,
    area.kind AS area_kind,
    observation.indicator,
    observation.year,
    indicator.unit,
    release.source,
    observation.release,
    release.published_on,
    observation.value,
    observation.missing_reason,
    observation.stage,
    comparison.from_release,
    comparison.delta,
    comparison.delta_pct,
    comparison.kind,
    release.constant_base_year,
    spending_year.currency,
    observation.source_cell,
    notes_of(observation.notes) AS notes
FROM observation
INNER JOIN area ON observation.area = area.code
INNER JOIN indicator ON observation.indicator = indicator.id
INNER JOIN release ON observation.release = release.id
LEFT JOIN comparison
    ON
        observation.release = comparison.to_release
        AND observation.area = comparison.area
        AND observation.indicator = comparison.indicator
        AND observation.year = comparison.year
LEFT JOIN spending_year
    ON
        indicator.unit = 'lcu_m'
        AND observation.release = spending_year.release
        AND observation.area = spending_year.member
        AND observation.year = spending_year.year
WHERE
    observation.release = any(%(release)s::text[])
    AND observation.area = %(area)s
    AND observation.indicator = %(indicator)s
    AND observation.year = %(year)s::integer
ORDER BY release.published_on
