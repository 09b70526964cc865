-- One publication of a source. Its figures never change: a publisher corrects itself by a new release.
CREATE TABLE release (
    id text PRIMARY KEY CHECK (id ~ '^[a-z]+-[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    source text NOT NULL REFERENCES source,
    title text NOT NULL,
    published_on date NOT NULL,
    cutoff_on date, -- the last day whose information the publisher used
    year_first integer NOT NULL,
    year_last integer NOT NULL,
    constant_base_year integer NOT NULL,
    coverage text NOT NULL CHECK (coverage IN ('full', 'partial')),
    indicators text[] NOT NULL, -- those with at least one figure
    obtained text NOT NULL CHECK (obtained IN ('workbook', 'transcription')),
    source_url text NOT NULL,
    sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'), -- of the publisher's file, where we read it
    licence text NOT NULL,
    citation text NOT NULL,
    notes text[] NOT NULL,
    figure_count integer NOT NULL, -- cells with a value
    content_sha256 text NOT NULL, -- of our own folder: a changed release is refused
    loaded_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (source, published_on)
);
