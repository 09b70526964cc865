-- The releases, those withdrawn as well.
SELECT
    release.id,
    release.source,
    release.title,
    release.published_on,
    release.cutoff_on,
    release.year_first,
    release.year_last,
    release.constant_base_year,
    release.coverage,
    release.indicators,
    release.obtained,
    release.source_url,
    release.sha256,
    release.licence,
    release.citation,
    release.figure_count,
    date_trunc('second', greatest(release.loaded_at, release.withdrawn_at)) AS updated_at,
    release.withdrawn_on,
    release.withdrawn_reason,
    notes_of(release.notes) AS notes
FROM release
WHERE %(withdrawn)s::boolean IS NULL OR (release.withdrawn_on IS NOT NULL) = %(withdrawn)s
