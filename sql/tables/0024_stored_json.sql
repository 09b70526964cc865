-- What the triggers of sql/always/rewriting.sql and sql/always/revision.sql need.
CREATE INDEX observation_by_note ON observation USING gin (notes) WHERE notes <> '{}';

ALTER TABLE dataset ADD COLUMN changed_in xid8; -- the transaction that made the revision
