-- The figures of one release that claims are checked in: of their years, and of the years before.
-- Numbers are texts, exact.
SELECT
    observation.indicator,
    observation.year,
    observation.area,
    observation.value::text AS value,
    observation.missing_reason
FROM observation
WHERE
    observation.release = %(release)s::text
    AND EXISTS (
        SELECT 1
        FROM claim
        WHERE
            observation.indicator = claim.indicator
            AND observation.year BETWEEN claim.year - 1 AND claim.year
    )
