-- A guideline or pledge of the alliance as one number, or a proposal for one.
CREATE TABLE target (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]+$'),
    title text NOT NULL,
    indicator text NOT NULL REFERENCES indicator,
    comparison text NOT NULL CHECK (comparison IN ('>=', '<=')),
    value numeric NOT NULL,
    unit text NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'agreed', 'superseded')),
    agreed_at text REFERENCES summit,
    agreed_on date,
    due_year integer,
    review_year integer,
    supersedes text REFERENCES target DEFERRABLE,
    superseded_by text REFERENCES target DEFERRABLE,
    text text NOT NULL,
    notes text[] NOT NULL,
    sources jsonb NOT NULL -- [{"title", "publisher", "url", "published_on", "kind"}]
);
