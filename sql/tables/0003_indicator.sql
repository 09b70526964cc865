-- What is measured. The id is the name of the field that carries it, unit included.
CREATE TABLE indicator (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9_]+$'),
    title text NOT NULL,
    unit text NOT NULL,
    price_basis text CHECK (price_basis IN ('current', 'constant')),
    decimals integer NOT NULL CHECK (decimals BETWEEN 0 AND 6), -- for display only
    is_yearly boolean NOT NULL, -- has a column in spending_year
    is_published boolean NOT NULL, -- false: promised as a number, measured by nobody
    definition text NOT NULL,
    position integer NOT NULL UNIQUE
);
