-- What a figure is about: a member, or an aggregate that the publisher itself printed.
CREATE TABLE area (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z_]+$'),
    kind text NOT NULL CHECK (kind IN ('member', 'aggregate')),
    name text NOT NULL,
    definition text
);
