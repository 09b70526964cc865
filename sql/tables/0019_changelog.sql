-- What changed in the contract and in the data that belong to no release; a release is its own entry.
CREATE TABLE changelog (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9.-]+$' AND id !~ '^release-'), -- that is a release's own entry
    kind text NOT NULL CHECK (kind IN ('contract', 'data')),
    version text CHECK (version ~ '^[0-9]+\.[0-9]+\.[0-9]+$'), -- of the contract
    published_on date NOT NULL,
    title text NOT NULL,
    summary text NOT NULL,
    path text CHECK (path ~ '^/'), -- of the resource concerned
    is_breaking boolean NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(), -- kept when the words are mended
    CHECK ((version IS NOT NULL) = (kind = 'contract'))
);
