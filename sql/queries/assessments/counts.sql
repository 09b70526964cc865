-- How many of the rows of list.sql, which stand in `matching`, have each verdict.
SELECT
    count(*) AS total,
    count(*) FILTER (WHERE matching.met = 'met') AS met_count,
    count(*) FILTER (WHERE matching.met = 'not_met') AS not_met_count,
    count(*) FILTER (WHERE matching.met = 'unknown') AS unknown_count,
    count(*) FILTER (WHERE matching.met = 'not_applicable') AS not_applicable_count,
    count(*) FILTER (WHERE matching.within_rounding) AS within_rounding_count,
    count(DISTINCT matching.member) FILTER (WHERE matching.met <> 'not_applicable') AS member_count
FROM matching
