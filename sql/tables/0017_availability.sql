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
