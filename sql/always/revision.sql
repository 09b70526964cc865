-- Triggers that give the data set a new revision when served rows change: no cache keeps the old.
CREATE OR REPLACE FUNCTION renew_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A TRUNCATE has no rows to look at.
    IF TG_OP <> 'TRUNCATE' THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
    END IF;
    -- Once a transaction. A transaction that began earlier may end later: the instant only grows.
    UPDATE dataset
    SET
        revision = gen_random_uuid(),
        changed_at = greatest(clock_timestamp(), dataset.changed_at),
        changed_in = pg_current_xact_id()
    WHERE dataset.changed_in IS DISTINCT FROM pg_current_xact_id();
    RETURN NULL;
END $$;

DO $$
DECLARE served text; event text; rows text;
BEGIN
    FOR served, event, rows IN
        SELECT known.name, happened.event, happened.rows
        FROM unnest(ARRAY[
            'source', 'indicator', 'note', 'member', 'area', 'summit', 'target', 'commitment',
            'claim', 'changelog', 'release', 'observation', 'spending_year', 'comparison',
            'availability'
        ]) AS known (name)
        CROSS JOIN (
            VALUES
            ('insert', 'REFERENCING NEW TABLE AS changed'),
            ('update', 'REFERENCING NEW TABLE AS changed'),
            ('delete', 'REFERENCING OLD TABLE AS changed'),
            ('truncate', '')
        ) AS happened (event, rows)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER revision_is_renewed_after_%1$s AFTER %1$s ON %2$I %3$s '
            'EXECUTE FUNCTION renew_revision()', event, served, rows
        );
    END LOOP;
END $$;
