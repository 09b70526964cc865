-- The releases that an archive can be had of.
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
WHERE release.withdrawn_on IS NULL
