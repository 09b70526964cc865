-- What migrating needs and this user lacks, each as the statement that gives it.
-- `serves` is whether the web process connects as this user too, and takes on the reader role.
SELECT needed.statement
FROM (SELECT) AS one
LEFT JOIN pg_roles AS reader ON reader.rolname = 'burdenshare_reader'
CROSS JOIN LATERAL (
    VALUES
    (1, reader.oid IS NULL, 'CREATE ROLE burdenshare_reader LOGIN'),
    (
        2,
        -- PostgreSQL checks who may take on a role against the user that logged in.
        %(serves)s::boolean AND NOT coalesce(
            pg_has_role(
                session_user,
                reader.oid,
                -- Since 16 the creator of a role is a member of it, but may not take it on.
                CASE
                    WHEN current_setting('server_version_num')::integer < 160000 THEN 'MEMBER'
                    ELSE 'SET'
                END
            ),
            false
        ),
        format('GRANT burdenshare_reader TO %%I', session_user)
    ),
    (
        3,
        NOT has_schema_privilege('public', 'CREATE'),
        format('GRANT CREATE ON SCHEMA public TO %%I', current_user)
    ),
    (
        4,
        NOT coalesce(
            has_schema_privilege(reader.oid, 'public', 'USAGE'),
            has_schema_privilege('public', 'public', 'USAGE') -- the first one is everybody
        ),
        'GRANT USAGE ON SCHEMA public TO burdenshare_reader'
    ),
    (
        5,
        NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'unaccent'),
        'CREATE EXTENSION unaccent SCHEMA public'
    ),
    (
        6,
        NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'fuzzystrmatch'),
        'CREATE EXTENSION fuzzystrmatch SCHEMA public'
    )
) AS needed (position, is_lacking, statement)
WHERE needed.is_lacking
ORDER BY needed.position
