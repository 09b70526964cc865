-- All rows, in order: what a list in a file reads.
SELECT matching.*
FROM ({query}) AS matching
ORDER BY {order}
