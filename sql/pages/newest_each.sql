-- Of the rows that match, those of the newest year with a figure, for each series by itself.
SELECT newest.*
FROM (
    SELECT
        matching.*,
        max(matching.year) FILTER (WHERE matching.is_known) OVER (PARTITION BY {series})
            AS newest_year
    FROM ({query}) AS matching
) AS newest
WHERE newest.year = newest.newest_year
