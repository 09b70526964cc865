-- One row that changes whenever anything that is served changes: the ground of every ETag.
CREATE TABLE dataset (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    revision uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    reference_sha256 text NOT NULL -- of data/*.csv, to leave what is already there alone
);
