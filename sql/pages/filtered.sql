-- The rows of a query under the conditions that are asked.
SELECT matching.*
FROM ({query}) AS matching
WHERE {conditions}
