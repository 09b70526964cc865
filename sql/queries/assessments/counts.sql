-- How many of the rows of list.sql, which stand in `matching`, have each verdict.
-- And the signed sums of their gaps in money: a group's, when the rows are its members' in one year.
SELECT
    count(*) AS total,
    count(*) FILTER (WHERE matching.met = 'met') AS met_count,
    count(*) FILTER (WHERE matching.met = 'not_met') AS not_met_count,
    count(*) FILTER (WHERE matching.met = 'unknown') AS unknown_count,
    count(*) FILTER (WHERE matching.met = 'not_applicable') AS not_applicable_count,
    count(*) FILTER (WHERE matching.within_rounding) AS within_rounding_count,
    count(DISTINCT matching.member) FILTER (WHERE matching.met <> 'not_applicable') AS member_count,
    sum(matching.gap_usd_m_current)
        FILTER (WHERE matching.met <> 'not_applicable') AS gap_usd_m_current,
    sum(matching.gap_usd_m_constant)
        FILTER (WHERE matching.met <> 'not_applicable') AS gap_usd_m_constant
FROM matching
