-- What each release holds of each area and indicator. Written at loading, like comparison.
CREATE TABLE availability (
    source text NOT NULL REFERENCES source,
    release text NOT NULL REFERENCES release ON DELETE CASCADE,
    area text NOT NULL REFERENCES area,
    indicator text NOT NULL REFERENCES indicator,
    year_first integer, -- of the years with a figure; null: there is none
    year_last integer,
    count integer NOT NULL,
    missing_count integer NOT NULL,
    missing_years integer[] NOT NULL,
    missing_reasons text[] NOT NULL,
    PRIMARY KEY (release, area, indicator),
    CHECK ((count = 0) = (year_first IS NULL)),
    CHECK ((count = 0) = (year_last IS NULL)),
    CHECK (missing_count = cardinality(missing_years))
);

-- What the table is to hold, with its columns in their order.
CREATE VIEW availability_of_figures AS
SELECT
    release.source,
    observation.release,
    observation.area,
    observation.indicator,
    min(observation.year) FILTER (WHERE observation.value IS NOT NULL) AS year_first,
    max(observation.year) FILTER (WHERE observation.value IS NOT NULL) AS year_last,
    count(observation.value)::integer AS count,
    count(observation.missing_reason)::integer AS missing_count,
    coalesce(
        array_agg(observation.year ORDER BY observation.year)
            FILTER (WHERE observation.value IS NULL),
        '{}'
    ) AS missing_years,
    coalesce(
        array_agg(DISTINCT observation.missing_reason) -- in the order of the alphabet
            FILTER (WHERE observation.value IS NULL),
        '{}'
    ) AS missing_reasons
FROM observation
INNER JOIN release ON observation.release = release.id
GROUP BY release.source, observation.release, observation.area, observation.indicator;

INSERT INTO availability
SELECT availability_of_figures.*
FROM availability_of_figures;
