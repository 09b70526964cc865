-- As short.sql, of a list that may be long and is a plain SELECT with an index in its own order.
-- Above {few} rows they are taken in the order of the index, below all are taken and sorted:
-- PostgreSQL does not know how many there are before it has counted, and walks the index past a
-- million rows for ten.
WITH counted AS (
    WITH matching AS ({query})
    {counts}
),

few AS (
    WITH matching AS MATERIALIZED (
        SELECT every.*
        FROM ({query}) AS every
        WHERE (SELECT counted.total FROM counted) <= {few}
    )
    SELECT matching.*
    FROM matching
    WHERE {after}
    ORDER BY {order}
    LIMIT %(page_limit)s
),

many AS (
    SELECT matching.*
    FROM ({query}) AS matching
    WHERE
        (SELECT counted.total FROM counted) > {few}
        AND {within}
        AND ({after})
    ORDER BY {order}
    LIMIT %(page_limit)s
),

numbered AS (
    SELECT row_number() OVER (ORDER BY {order}) AS page_row, page.*
    FROM (TABLE few UNION ALL TABLE many) AS page
)

SELECT
    CASE WHEN coalesce(numbered.page_row, 1) = 1 THEN to_jsonb(counted) END AS page_counts,
    CASE
        WHEN coalesce(numbered.page_row, 1) = 1 THEN (SELECT dataset.revision::text FROM dataset)
    END AS page_revision,
    CASE WHEN numbered.page_row = %(page_limit)s - 1 THEN ARRAY[{key}] END AS page_key,
    numbered.*
FROM counted
LEFT JOIN numbered ON true
ORDER BY numbered.page_row
