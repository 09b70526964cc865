-- Every figure against the same one in the previous release of its source that carries it, equal
-- pairs too. Written at loading, so that no request compares releases.
CREATE TABLE comparison (
    source text NOT NULL REFERENCES source,
    area text NOT NULL REFERENCES area,
    indicator text NOT NULL REFERENCES indicator,
    year integer NOT NULL,
    from_release text NOT NULL REFERENCES release ON DELETE CASCADE,
    to_release text NOT NULL REFERENCES release ON DELETE CASCADE,
    from_value numeric NOT NULL,
    to_value numeric NOT NULL,
    delta numeric NOT NULL,
    delta_pct numeric, -- null: from zero nothing is a percentage
    from_stage text NOT NULL CHECK (from_stage IN ('actual', 'estimate')),
    to_stage text NOT NULL CHECK (to_stage IN ('actual', 'estimate')),
    kind text NOT NULL CHECK (
        kind IN ('unchanged', 'currency', 'rebase', 'precision', 'revision')
    ),
    PRIMARY KEY (to_release, indicator, area, year),
    CHECK ((from_value = to_value) = (kind = 'unchanged'))
);

CREATE INDEX comparison_by_cell ON comparison (indicator, area, year);
