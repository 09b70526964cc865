-- What each release holds of each area and indicator. A null parameter does not filter.
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
    AND (%(area)s::text[] IS NULL OR availability.area = any(%(area)s))
    AND (%(area_kind)s::text IS NULL OR area.kind = %(area_kind)s)
    AND (%(indicator)s::text[] IS NULL OR availability.indicator = any(%(indicator)s))
    AND (
        %(missing_reason)s::text[] IS NULL
        OR availability.missing_reasons && %(missing_reason)s::text[]
    )
    AND (%(year_first)s::int4range IS NULL OR availability.year_first <@ %(year_first)s::int4range)
    AND (%(year_last)s::int4range IS NULL OR availability.year_last <@ %(year_last)s::int4range)
    AND (%(count)s::int4range IS NULL OR availability.count <@ %(count)s::int4range)
    AND (
        %(missing_count)s::int4range IS NULL
        OR availability.missing_count <@ %(missing_count)s::int4range
    )
