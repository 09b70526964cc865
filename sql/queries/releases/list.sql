-- The releases, those withdrawn as well. A null parameter does not filter.
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
    (
        SELECT coalesce(jsonb_agg(to_jsonb(note) ORDER BY note.id), '[]'::jsonb)
        FROM note
        WHERE note.id = any(release.notes)
    ) AS notes
FROM release
WHERE
    (%(id)s::text IS NULL OR release.id = %(id)s)
    AND (%(source)s::text[] IS NULL OR release.source = any(%(source)s))
    AND (%(coverage)s::text IS NULL OR release.coverage = %(coverage)s)
    AND (%(obtained)s::text IS NULL OR release.obtained = %(obtained)s)
    AND (
        %(withdrawn)s::boolean IS NULL
        OR (release.withdrawn_on IS NOT NULL) = %(withdrawn)s
    )
    AND (
        %(withdrawn_on)s::daterange IS NULL
        OR release.withdrawn_on <@ %(withdrawn_on)s::daterange
    )
    AND (
        %(published_on)s::daterange IS NULL
        OR release.published_on <@ %(published_on)s::daterange
    )
    AND (%(cutoff_on)s::daterange IS NULL OR release.cutoff_on <@ %(cutoff_on)s::daterange)
    AND (%(year_first)s::int4range IS NULL OR release.year_first <@ %(year_first)s::int4range)
    AND (%(year_last)s::int4range IS NULL OR release.year_last <@ %(year_last)s::int4range)
    AND (
        %(constant_base_year)s::int4range IS NULL
        OR release.constant_base_year <@ %(constant_base_year)s::int4range
    )
    AND (
        %(figure_count)s::int4range IS NULL
        OR release.figure_count <@ %(figure_count)s::int4range
    )
    AND (
        %(updated_since)s::timestamptz IS NULL
        OR date_trunc('second', greatest(release.loaded_at, release.withdrawn_at))
        >= %(updated_since)s::timestamptz
    )
