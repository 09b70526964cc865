-- What the reader role may do: SELECT, and as little else as the user who runs this can take away.
-- Each statement runs only where it changes something and this user may run it. An administrator
-- can run the file in the database too, after the owner has migrated, to revoke the rest.
DO $$
DECLARE
    -- Who migrated: it keeps what is taken from everybody.
    owner text := (
        SELECT quote_ident(pg_get_userbyid(pg_class.relowner))
        FROM pg_class
        WHERE pg_class.oid = 'public.migration'::regclass
    );
    statement text;
BEGIN
    FOR statement IN
        -- Tables that are not granted by default: another user made them, or a dump lost the grant.
        SELECT format('GRANT SELECT ON %s TO burdenshare_reader', pg_class.oid::regclass)
        FROM pg_class
        WHERE
            pg_class.relnamespace = 'public'::regnamespace
            AND pg_class.relkind IN ('r', 'v')
            AND pg_has_role(pg_class.relowner, 'USAGE')
            AND NOT has_table_privilege('burdenshare_reader', pg_class.oid, 'SELECT')
        UNION ALL
        SELECT format('GRANT CONNECT ON DATABASE %I TO burdenshare_reader', pg_database.datname)
        FROM pg_database
        WHERE
            pg_database.datname = current_database()
            AND pg_has_role(pg_database.datdba, 'USAGE')
            AND NOT has_database_privilege('burdenshare_reader', pg_database.oid, 'CONNECT')
        UNION ALL
        -- Temporary tables fill the disk. Verifying needs them.
        SELECT
            format(
                'GRANT TEMPORARY ON DATABASE %1$I TO %2$s; '
                'REVOKE TEMPORARY ON DATABASE %1$I FROM PUBLIC',
                pg_database.datname,
                owner
            )
        FROM pg_database
        WHERE
            pg_database.datname = current_database()
            AND pg_has_role(pg_database.datdba, 'USAGE')
            AND has_database_privilege('public', pg_database.oid, 'TEMPORARY')
        UNION ALL
        -- Databases that PostgreSQL 14 made let everybody create tables.
        SELECT
            format('GRANT CREATE ON SCHEMA public TO %s; ', owner)
            || 'REVOKE CREATE ON SCHEMA public FROM PUBLIC'
        FROM pg_namespace
        WHERE
            pg_namespace.nspname = 'public'
            AND pg_has_role(pg_namespace.nspowner, 'USAGE')
            AND has_schema_privilege('public', pg_namespace.oid, 'CREATE')
        UNION ALL
        -- Functions of PostgreSQL that need no table: a superuser alone can revoke them.
        SELECT
            format(
                'GRANT EXECUTE ON FUNCTION %1$s TO %2$s; '
                'REVOKE EXECUTE ON FUNCTION %1$s FROM PUBLIC',
                pg_proc.oid::regprocedure,
                owner
            )
        FROM pg_proc
        WHERE
            pg_proc.pronamespace = 'pg_catalog'::regnamespace
            AND pg_has_role(pg_proc.proowner, 'USAGE')
            AND has_function_privilege('public', pg_proc.oid, 'EXECUTE')
            AND (
                -- A session that holds one of our locks blocks migrating and loading.
                pg_proc.proname ~ '^pg_(try_)?advisory_(xact_)?lock'
                -- Large objects and messages in the log fill the disk.
                OR pg_proc.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea')
                OR pg_proc.proname = 'pg_logical_emit_message'
                -- A worker's query is not another worker's to end.
                OR pg_proc.proname IN ('pg_cancel_backend', 'pg_terminate_backend')
            )
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$;

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO burdenshare_reader;
