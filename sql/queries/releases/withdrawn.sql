-- The releases that were withdrawn, each with the day and the reason.
SELECT
    release.id,
    release.withdrawn_on,
    release.withdrawn_reason
FROM release
WHERE release.withdrawn_on IS NOT NULL
