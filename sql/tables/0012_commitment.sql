-- What the alliance or a member promised, planned, proposed, demanded or refused, one number a row.
CREATE TABLE commitment (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]+$'),
    member text REFERENCES member, -- null: the alliance
    made_by text NOT NULL,
    summit text REFERENCES summit,
    kind text NOT NULL CHECK (
        kind IN ('pledge', 'plan', 'proposal', 'demand', 'reservation', 'statement')
    ),
    made_on date NOT NULL,
    made_on_precision text NOT NULL CHECK (made_on_precision IN ('day', 'month', 'year')),
    indicator text REFERENCES indicator,
    value numeric,
    value_max numeric,
    unit text,
    from_year integer,
    due_year integer,
    summary text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'superseded')),
    superseded_by text REFERENCES commitment DEFERRABLE,
    backing text NOT NULL CHECK (backing IN ('official', 'several_reports', 'one_report')),
    notes text[] NOT NULL,
    sources jsonb NOT NULL, -- [{"title", "publisher", "url", "published_on", "kind"}]
    CHECK ((value IS NULL) = (unit IS NULL)),
    CHECK (value_max IS NULL OR value_max > value)
);
