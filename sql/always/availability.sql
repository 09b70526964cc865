-- The rows that the table availability is to hold, with its columns in their order.
CREATE OR REPLACE VIEW availability_of_figures AS
SELECT
    release.source, observation.release, observation.area, observation.indicator,
    min(observation.year) FILTER (WHERE observation.value IS NOT NULL) AS year_first,
    max(observation.year) FILTER (WHERE observation.value IS NOT NULL) AS year_last,
    count(observation.value)::integer AS count,
    count(observation.missing_reason)::integer AS missing_count,
    coalesce(
        array_agg(observation.year ORDER BY observation.year) FILTER (WHERE observation.value IS NULL),
        '{}'
    ) AS missing_years,
    array_remove(array_agg(DISTINCT observation.missing_reason), NULL) AS missing_reasons
FROM observation
INNER JOIN release ON observation.release = release.id
GROUP BY release.source, observation.release, observation.area, observation.indicator;
