-- How many of the rows of list.sql, which stand in `matching`, went up and how many down.
SELECT
    count(*) AS total,
    count(*) FILTER (WHERE matching.delta > 0) AS raised_count,
    count(*) FILTER (WHERE matching.delta < 0) AS lowered_count
FROM matching
