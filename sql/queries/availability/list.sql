-- What each release holds of each area and indicator.
SELECT
    availability.area,
    area.kind AS area_kind,
    availability.indicator,
    indicator.unit,
    availability.release,
    availability.source,
    availability.year_first,
    availability.year_last,
    availability.count,
    availability.missing_count,
    availability.missing_years,
    availability.missing_reasons
FROM availability
INNER JOIN area ON availability.area = area.code
INNER JOIN indicator ON availability.indicator = indicator.id
WHERE
    availability.release = any(%(release)s::text[])
    AND (
        %(missing_reason)s::text[] IS NULL
        OR availability.missing_reasons && %(missing_reason)s::text[]
    )
