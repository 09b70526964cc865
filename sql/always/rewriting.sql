-- Triggers that write a row's JSON again when what it refers to is changed, also by hand.
-- `before` and `after` are the rows that a statement changed; an UPDATE of a row writes its JSON.
CREATE OR REPLACE FUNCTION rewrite_noted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed text[];
BEGIN
    CASE TG_OP
        WHEN 'INSERT' THEN changed := ARRAY(SELECT after.id FROM after);
        WHEN 'DELETE' THEN changed := ARRAY(SELECT before.id FROM before);
        WHEN 'UPDATE' THEN changed := ARRAY(
            SELECT one.id FROM (TABLE before EXCEPT TABLE after) AS one
            UNION SELECT other.id FROM (TABLE after EXCEPT TABLE before) AS other
        );
        WHEN 'TRUNCATE' THEN changed := ARRAY(
            SELECT unnest(observation.notes) FROM observation
            UNION SELECT unnest(spending_year.notes) FROM spending_year
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
END $$;

CREATE OR REPLACE FUNCTION rewrite_of_area() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE observation SET json = '' FROM before INNER JOIN after ON before.code = after.code
    WHERE before.kind <> after.kind AND observation.area = after.code;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION rewrite_of_indicator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE observation SET json = '' FROM before INNER JOIN after ON before.id = after.id
    WHERE before.unit <> after.unit AND observation.indicator = after.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION rewrite_of_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE observation SET json = '' FROM before INNER JOIN after ON before.id = after.id
    WHERE before.source <> after.source AND observation.release = after.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER noted_is_rewritten_after_insert AFTER INSERT ON note
REFERENCING NEW TABLE AS after EXECUTE FUNCTION rewrite_noted();
CREATE OR REPLACE TRIGGER noted_is_rewritten_after_update AFTER UPDATE ON note
REFERENCING OLD TABLE AS before NEW TABLE AS after EXECUTE FUNCTION rewrite_noted();
CREATE OR REPLACE TRIGGER noted_is_rewritten_after_delete AFTER DELETE ON note
REFERENCING OLD TABLE AS before EXECUTE FUNCTION rewrite_noted();
CREATE OR REPLACE TRIGGER noted_is_rewritten_after_truncate AFTER TRUNCATE ON note
EXECUTE FUNCTION rewrite_noted();
CREATE OR REPLACE TRIGGER observation_is_rewritten AFTER UPDATE ON area
REFERENCING OLD TABLE AS before NEW TABLE AS after EXECUTE FUNCTION rewrite_of_area();
CREATE OR REPLACE TRIGGER observation_is_rewritten AFTER UPDATE ON indicator
REFERENCING OLD TABLE AS before NEW TABLE AS after EXECUTE FUNCTION rewrite_of_indicator();
CREATE OR REPLACE TRIGGER observation_is_rewritten AFTER UPDATE ON release
REFERENCING OLD TABLE AS before NEW TABLE AS after EXECUTE FUNCTION rewrite_of_release();
