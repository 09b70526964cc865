-- The role the web process connects as: it can read what migrations and loading make, and nothing else.
-- Roles belong to the whole server, so another database of it may have made this one already.
DO $$
BEGIN
    CREATE ROLE burdenshare_reader LOGIN;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

GRANT USAGE ON SCHEMA public TO burdenshare_reader;

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO burdenshare_reader;
