-- How many of the rows of list.sql, which stand in `matching`, are in each quadrant.
SELECT
    count(*) AS total,
    count(*) FILTER (WHERE matching.quadrant = 'both') AS both_count,
    count(*) FILTER (WHERE matching.quadrant = 'only_spending') AS only_spending_count,
    count(*) FILTER (WHERE matching.quadrant = 'only_equipment') AS only_equipment_count,
    count(*) FILTER (WHERE matching.quadrant = 'neither') AS neither_count,
    count(*) FILTER (WHERE matching.quadrant = 'unknown') AS unknown_count,
    count(*) FILTER (WHERE matching.quadrant = 'not_applicable') AS not_applicable_count
FROM matching
