-- What is measured.
SELECT
    indicator.id,
    indicator.title,
    indicator.unit,
    indicator.price_basis,
    indicator.decimals,
    indicator.is_published,
    indicator.definition
FROM indicator
