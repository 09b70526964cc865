-- The rows, each with the revision of the data that the statement answers from.
SELECT
    (SELECT dataset.revision::text FROM dataset) AS found_revision,
    found.*
FROM ({query}) AS found
