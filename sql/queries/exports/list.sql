-- The releases that an archive can be had of. A null parameter does not filter.
SELECT
    release.id AS release,
    release.source,
    release.title,
    release.published_on,
    release.coverage,
    release.figure_count,
    'burdenshare_' || release.id || '.zip' AS file_name,
    '/v1/exports/' || release.id || '.zip' AS url
FROM release
WHERE
    release.withdrawn_on IS NULL
    AND (%(release)s::text IS NULL OR release.id = %(release)s)
    AND (%(source)s::text[] IS NULL OR release.source = any(%(source)s))
    AND (%(coverage)s::text IS NULL OR release.coverage = %(coverage)s)
    AND (
        %(published_on)s::daterange IS NULL
        OR release.published_on <@ %(published_on)s::daterange
    )
    AND (
        %(figure_count)s::int4range IS NULL
        OR release.figure_count <@ %(figure_count)s::int4range
    )
