-- The publishers. A null parameter does not filter.
SELECT
    source.id,
    source.title,
    source.publisher,
    source.definition,
    source.url,
    source.licence
FROM source
WHERE %(id)s::text IS NULL OR source.id = %(id)s
