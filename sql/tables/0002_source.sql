-- A publisher of figures. Two sources define military spending differently and never share a row.
CREATE TABLE source (
    id text PRIMARY KEY CHECK (id ~ '^[a-z]+$'),
    title text NOT NULL,
    publisher text NOT NULL,
    definition text NOT NULL,
    url text NOT NULL,
    licence text NOT NULL,
    position integer NOT NULL UNIQUE
);
