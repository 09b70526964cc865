-- A meeting of the alliance at which numbers were promised or reviewed.
CREATE TABLE summit (
    id text PRIMARY KEY CHECK (id ~ '^[a-z]+-[0-9]{4}(-[0-9]{2})?$'),
    kind text NOT NULL CHECK (kind IN ('summit', 'leaders_meeting', 'ministers_meeting')),
    name text NOT NULL,
    place text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    document_title text,
    document_url text,
    facts jsonb NOT NULL, -- [{"text", "paragraph", "confidence"}]
    notes text[] NOT NULL,
    sources jsonb NOT NULL, -- [{"title", "publisher", "url", "published_on", "kind"}]
    CHECK (starts_on <= ends_on)
);
