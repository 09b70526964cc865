-- A page of rows whose JSON is stored in a column, joined to one text; of the one row beyond the
-- page nothing. Of the columns no more are taken than are sorted by. Where all rows are on one page
-- nothing else counts them: PostgreSQL runs a subquery of a CASE when it comes to it.
WITH matching AS NOT MATERIALIZED (
    SELECT {columns}, every.json
    FROM ({query}) AS every
),

numbered AS (
    SELECT row_number() OVER (ORDER BY {order}) AS page_row, page.*
    FROM (
        SELECT matching.*
        FROM matching
        WHERE {after}
        ORDER BY {order}
        LIMIT %(page_limit)s
    ) AS page
)

SELECT
    (SELECT dataset.revision::text FROM dataset) AS page_revision,
    CASE
        WHEN {is_first} AND found.page_taken < %(page_limit)s THEN found.page_taken
        ELSE (SELECT count(*) FROM matching)
    END AS page_total,
    found.*
FROM (
    SELECT
        count(*) AS page_taken,
        CASE
            WHEN count(*) = %(page_limit)s
                THEN to_jsonb(
                    max(ARRAY[{key}]) FILTER (WHERE numbered.page_row = %(page_limit)s - 1)
                )
        END AS page_key,
        coalesce(
            string_agg(numbered.json, ',' ORDER BY {order})
            FILTER (WHERE numbered.page_row < %(page_limit)s),
            ''
        ) AS page_json
    FROM numbered
) AS found
