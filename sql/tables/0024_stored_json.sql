-- Stored copies follow the rows that they were made from, also when those are changed by hand. Any
-- change of served data gives the data set a new revision, so that no cache keeps the old text.

-- The JSON of a row as a function of it: what its trigger stores, and what verifying expects.
CREATE FUNCTION observation_json(given observation) RETURNS text
LANGUAGE plpgsql STABLE
SET extra_float_digits = 1
AS $$
BEGIN
    -- Left joins: what refers to nothing is refused by its foreign key, which says so.
    RETURN (
        SELECT row_to_json(written)
        FROM (
            SELECT
                given.area,
                area.kind AS area_kind,
                given.indicator,
                given.year,
                json_number(given.value) AS value,
                indicator.unit,
                given.stage,
                given.missing_reason,
                release.source,
                given.release,
                given.source_cell,
                json_notes(given.notes) AS notes
            FROM (SELECT) AS one
            LEFT JOIN area ON area.code = given.area
            LEFT JOIN indicator ON indicator.id = given.indicator
            LEFT JOIN release ON release.id = given.release
        ) AS written
    );
END
$$;

CREATE FUNCTION spending_year_json(given spending_year) RETURNS text
LANGUAGE plpgsql STABLE
SET extra_float_digits = 1
AS $$
BEGIN
    RETURN (
        SELECT row_to_json(written)
        FROM (
            SELECT
                given.member,
                given.year,
                given.source,
                given.release,
                given.stage,
                json_number(given.share_gdp_pct) AS share_gdp_pct,
                json_number(given.spending_usd_m_current) AS spending_usd_m_current,
                json_number(given.spending_usd_m_constant) AS spending_usd_m_constant,
                json_number(given.spending_lcu_m_current) AS spending_lcu_m_current,
                json_number(given.spending_lcu_m_constant) AS spending_lcu_m_constant,
                given.currency,
                given.constant_base_year,
                json_number(given.real_change_pct) AS real_change_pct,
                json_number(given.spending_per_capita_usd_constant)
                    AS spending_per_capita_usd_constant,
                json_number(given.gdp_usd_m_current) AS gdp_usd_m_current,
                json_number(given.gdp_usd_m_constant) AS gdp_usd_m_constant,
                json_number(given.gdp_per_capita_usd_k_constant) AS gdp_per_capita_usd_k_constant,
                json_number(given.personnel_thousands) AS personnel_thousands,
                json_number(given.equipment_share_pct) AS equipment_share_pct,
                json_number(given.personnel_share_pct) AS personnel_share_pct,
                json_number(given.infrastructure_share_pct) AS infrastructure_share_pct,
                json_number(given.other_share_pct) AS other_share_pct,
                (
                    SELECT coalesce(array_to_json(array_agg(item.value::json)), '[]'::json)
                    FROM (
                        SELECT row_to_json(figure) AS value
                        FROM jsonb_to_recordset(given.missing) AS figure (field text, reason text)
                    ) AS item
                ) AS missing,
                json_notes(given.notes) AS notes
        ) AS written
    );
END
$$;

CREATE OR REPLACE FUNCTION write_observation() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.json := observation_json(NEW);
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION write_spending_year() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.json := spending_year_json(NEW);
    RETURN NEW;
END
$$;

-- A table is `before` and `after` a statement here. An UPDATE of a row has its JSON written again.
CREATE FUNCTION rewrite_noted() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    changed text[];
BEGIN
    CASE TG_OP
        WHEN 'INSERT' THEN changed := ARRAY(SELECT after.id FROM after);
        WHEN 'DELETE' THEN changed := ARRAY(SELECT before.id FROM before);
        WHEN 'UPDATE' THEN changed := ARRAY(
            SELECT other.id
            FROM (
                (TABLE before EXCEPT TABLE after) UNION ALL (TABLE after EXCEPT TABLE before)
            ) AS other
        );
        WHEN 'TRUNCATE' THEN changed := ARRAY(
            SELECT unnest(observation.notes) FROM observation
            UNION
            SELECT unnest(spending_year.notes) FROM spending_year
        );
    END CASE;
    IF changed <> '{}' THEN
        -- The first condition is that of the index, which few rows are in.
        UPDATE observation SET json = ''
        WHERE observation.notes <> '{}' AND observation.notes && changed;
        UPDATE spending_year SET json = ''
        WHERE spending_year.notes <> '{}' AND spending_year.notes && changed;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION rewrite_of_area() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE observation SET json = ''
    FROM before INNER JOIN after ON before.code = after.code
    WHERE before.kind <> after.kind AND observation.area = after.code;
    RETURN NULL;
END
$$;

CREATE FUNCTION rewrite_of_indicator() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE observation SET json = ''
    FROM before INNER JOIN after ON before.id = after.id
    WHERE before.unit <> after.unit AND observation.indicator = after.id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rewrite_of_release() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE observation SET json = ''
    FROM before INNER JOIN after ON before.id = after.id
    WHERE before.source <> after.source AND observation.release = after.id;
    RETURN NULL;
END
$$;

CREATE INDEX observation_by_note ON observation USING gin (notes) WHERE notes <> '{}';

CREATE TRIGGER noted_is_rewritten_after_insert AFTER INSERT ON note
REFERENCING NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION rewrite_noted();

CREATE TRIGGER noted_is_rewritten_after_update AFTER UPDATE ON note
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION rewrite_noted();

CREATE TRIGGER noted_is_rewritten_after_delete AFTER DELETE ON note
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT EXECUTE FUNCTION rewrite_noted();

CREATE TRIGGER noted_is_rewritten_after_truncate AFTER TRUNCATE ON note
FOR EACH STATEMENT EXECUTE FUNCTION rewrite_noted();

CREATE TRIGGER observation_is_rewritten AFTER UPDATE ON area
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION rewrite_of_area();

CREATE TRIGGER observation_is_rewritten AFTER UPDATE ON indicator
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION rewrite_of_indicator();

CREATE TRIGGER observation_is_rewritten AFTER UPDATE ON release
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION rewrite_of_release();

ALTER TABLE dataset ADD COLUMN changed_in xid8; -- the transaction that made the revision

CREATE FUNCTION renew_revision() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    -- Truncating has no rows to look at.
    IF TG_OP <> 'TRUNCATE' THEN
        IF NOT EXISTS (SELECT FROM changed) THEN
            RETURN NULL;
        END IF;
    END IF;
    -- Once a transaction. A transaction that began earlier may end later: the instant only grows.
    UPDATE dataset
    SET
        revision = gen_random_uuid(),
        changed_at = greatest(clock_timestamp(), dataset.changed_at),
        changed_in = pg_current_xact_id()
    WHERE dataset.changed_in IS DISTINCT FROM pg_current_xact_id();
    RETURN NULL;
END
$$;

DO $$
DECLARE
    served text;
BEGIN
    FOREACH served IN ARRAY ARRAY[
        'source', 'indicator', 'note', 'member', 'area', 'summit', 'target', 'commitment', 'claim',
        'changelog', 'release', 'observation', 'spending_year', 'comparison', 'availability'
    ]
    LOOP
        EXECUTE format(
            'CREATE TRIGGER revision_is_renewed_after_insert AFTER INSERT ON %1$I '
            'REFERENCING NEW TABLE AS changed '
            'FOR EACH STATEMENT EXECUTE FUNCTION renew_revision(); '
            'CREATE TRIGGER revision_is_renewed_after_update AFTER UPDATE ON %1$I '
            'REFERENCING NEW TABLE AS changed '
            'FOR EACH STATEMENT EXECUTE FUNCTION renew_revision(); '
            'CREATE TRIGGER revision_is_renewed_after_delete AFTER DELETE ON %1$I '
            'REFERENCING OLD TABLE AS changed '
            'FOR EACH STATEMENT EXECUTE FUNCTION renew_revision(); '
            'CREATE TRIGGER revision_is_renewed_after_truncate AFTER TRUNCATE ON %1$I '
            'FOR EACH STATEMENT EXECUTE FUNCTION renew_revision()',
            served
        );
    END LOOP;
END
$$;

-- Rows that were left behind by a change before.
UPDATE observation SET json = ''
WHERE observation.json IS DISTINCT FROM observation_json(observation);

UPDATE spending_year SET json = ''
WHERE spending_year.json IS DISTINCT FROM spending_year_json(spending_year);
