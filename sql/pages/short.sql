-- A page of a list that is computed, with the counts over all its pages. The counts are taken
-- before the cursor's condition; the outer join keeps them even when the page is empty. What is the
-- same for all rows, or of the last one, is sent once.
WITH matching AS ({query}),

counted AS ({counts}),

page AS (
    SELECT matching.*
    FROM matching
    WHERE {after}
    ORDER BY {order}
    LIMIT %(page_limit)s
),

numbered AS (
    SELECT row_number() OVER (ORDER BY {order}) AS page_row, page.*
    FROM page
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
