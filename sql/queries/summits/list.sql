-- The meetings. A null parameter does not filter.
SELECT
    summit.id,
    summit.kind,
    summit.name,
    summit.place,
    summit.starts_on,
    summit.ends_on,
    summit.document_title,
    summit.document_url,
    summit.facts,
    (
        SELECT coalesce(jsonb_agg(to_jsonb(note) ORDER BY note.id), '[]'::jsonb)
        FROM note
        WHERE note.id = any(summit.notes)
    ) AS notes,
    summit.sources
FROM summit
WHERE
    (%(id)s::text IS NULL OR summit.id = %(id)s)
    AND (%(kind)s::text[] IS NULL OR summit.kind = any(%(kind)s))
    AND (%(starts_on)s::daterange IS NULL OR summit.starts_on <@ %(starts_on)s::daterange)
    AND (%(ends_on)s::daterange IS NULL OR summit.ends_on <@ %(ends_on)s::daterange)
