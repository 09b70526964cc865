-- Of the rows that match, those of the newest year in which every member asked for that has armed
-- forces has a figure. Not materialized, since each use takes few of the columns.
WITH matching AS NOT MATERIALIZED ({query}),

asked AS (
    SELECT DISTINCT {by}, everybody.{who} AS who
    FROM ({everybody}) AS everybody
    WHERE everybody.has_armed_forces
),

complete AS (
    SELECT {by}, max(shared.year) AS newest_year
    FROM (
        SELECT {by}, matching.year, count(*) AS members
        FROM matching
        WHERE matching.is_known AND matching.has_armed_forces
        GROUP BY {by}, matching.year
    ) AS shared
    WHERE
        shared.members = (
            SELECT count(*)
            FROM asked
            WHERE
                ({asked_by}) = ({shared_by})
                AND {belongs}
        )
    GROUP BY {by}
)

SELECT matching.*
FROM matching
INNER JOIN complete USING ({by})
WHERE matching.year = complete.newest_year
