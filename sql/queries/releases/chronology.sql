-- What choosing a release needs, oldest first, without the releases withdrawn.
--
SELECT
    release.id,
    release.source,
    release.published_on,
    release.coverage,
    release.year_last,
    release.citation,
    release.licence
FROM release
WHERE
    release.withdrawn_on IS NULL
    AND (%(source)s::text IS NULL OR release.source = %(source)s)
ORDER BY release.published_on, release.id
