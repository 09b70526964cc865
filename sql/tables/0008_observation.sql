-- Every figure of every release, one a row, also those that are missing, with the reason.
CREATE TABLE observation (
    release text NOT NULL REFERENCES release,
    area text NOT NULL REFERENCES area,
    indicator text NOT NULL REFERENCES indicator,
    year integer NOT NULL CHECK (year BETWEEN 1900 AND 2100),
    value numeric,
    stage text NOT NULL CHECK (stage IN ('actual', 'estimate')),
    missing_reason text CHECK (
        missing_reason IN ('not_reported', 'not_applicable', 'not_published', 'not_held')
    ),
    source_cell text, -- for example TABLE3!H17; null where a transcription was read
    notes text[] NOT NULL,
    PRIMARY KEY (release, area, indicator, year),
    CHECK ((value IS NULL) = (missing_reason IS NOT NULL))
);

CREATE INDEX observation_by_area ON observation (indicator, area, release, year);
CREATE INDEX observation_by_release ON observation (indicator, release, area, year);
