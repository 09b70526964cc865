-- A remark on a member, a release or a figure, kept once and pointed at.
CREATE TABLE note (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]+$'),
    text text NOT NULL
);
