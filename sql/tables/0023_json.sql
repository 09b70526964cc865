-- A row's JSON beside its columns, written by a trigger of sql/always/json.sql.
-- Rows from before get theirs from sql/always/stored_copies.sql.
ALTER TABLE observation ADD COLUMN json text NOT NULL DEFAULT '';
ALTER TABLE spending_year ADD COLUMN json text NOT NULL DEFAULT '';

ALTER TABLE observation ALTER COLUMN json DROP DEFAULT;
ALTER TABLE spending_year ALTER COLUMN json DROP DEFAULT;
