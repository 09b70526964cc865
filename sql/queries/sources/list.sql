-- The publishers.
SELECT
    source.id,
    source.title,
    source.publisher,
    source.definition,
    source.url,
    source.licence
FROM source
