-- What choosing a release needs, oldest first; a null parameter does not filter.
SELECT
    release.id,
    release.source,
    release.published_on,
    release.coverage,
    release.year_last,
    release.citation,
    release.licence
FROM release
WHERE %(source)s::text IS NULL OR release.source = %(source)s
ORDER BY release.published_on, release.id
