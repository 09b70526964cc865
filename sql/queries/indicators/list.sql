-- What is measured. A null parameter does not filter.
SELECT
    indicator.id,
    indicator.title,
    indicator.unit,
    indicator.price_basis,
    indicator.decimals,
    indicator.is_published,
    indicator.definition
FROM indicator
WHERE
    (%(id)s::text IS NULL OR indicator.id = %(id)s)
    AND (%(is_published)s::boolean IS NULL OR indicator.is_published = %(is_published)s)
    AND (%(decimals)s::int4range IS NULL OR indicator.decimals <@ %(decimals)s::int4range)
