-- A figure never changes once its release is out, so its row is written as JSON when it is stored,
-- byte for byte as the service writes it, and a list that is asked for has only to join such texts.

-- The shortest digits that are read as the same double, as Python writes them. PostgreSQL has the
-- same but for its notation (no .0, and exponents from 1e+15 on), and for a digit too many where
-- the shortest lies just between two doubles, as 1e+23 does; there are none such beyond 1e+40.
CREATE FUNCTION json_number(exact numeric) RETURNS json
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    double float8 := exact;
    digits text := double::text;
BEGIN
    IF abs(double) < 1e15 THEN
        RETURN CASE WHEN double = trunc(double) THEN digits || '.0' ELSE digits END;
    ELSIF abs(double) < 1e16 THEN
        digits := digits::numeric::text;
        RETURN CASE WHEN double = trunc(double) THEN digits || '.0' ELSE digits END;
    ELSIF abs(double) < 1e40 THEN
        RETURN coalesce((
            SELECT shorter.digits
            FROM (
                SELECT regexp_replace(trim(to_char(double, form)), '\.?0*e', 'e') AS digits
                FROM (VALUES ('9.99999999999999EEEE'), ('9.999999999999999EEEE')) AS known (form)
            ) AS shorter
            WHERE shorter.digits::float8 = double
            ORDER BY length(shorter.digits)
            LIMIT 1
        ), digits);
    END IF;
    RETURN digits;
END
$$;

CREATE FUNCTION json_notes(ids text[]) RETURNS json
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF ids = '{}' THEN
        RETURN '[]';
    END IF;
    RETURN (
        SELECT coalesce(array_to_json(array_agg(row_to_json(said) ORDER BY said.id)), '[]'::json)
        FROM (
            SELECT
                note.id,
                note.text
            FROM note
            WHERE note.id = any(ids)
        ) AS said
    );
END
$$;

-- Left joins: what refers to nothing is refused by its foreign key, which says so.
CREATE FUNCTION write_observation() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.json := (
        SELECT row_to_json(written)
        FROM (
            SELECT
                NEW.area,
                area.kind AS area_kind,
                NEW.indicator,
                NEW.year,
                json_number(NEW.value) AS value,
                indicator.unit,
                NEW.stage,
                NEW.missing_reason,
                release.source,
                NEW.release,
                NEW.source_cell,
                json_notes(NEW.notes) AS notes
            FROM (SELECT) AS one
            LEFT JOIN area ON area.code = NEW.area
            LEFT JOIN indicator ON indicator.id = NEW.indicator
            LEFT JOIN release ON release.id = NEW.release
        ) AS written
    );
    RETURN NEW;
END
$$ SET extra_float_digits = 1;

CREATE FUNCTION write_spending_year() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.json := (
        SELECT row_to_json(written)
        FROM (
            SELECT
                NEW.member,
                NEW.year,
                NEW.source,
                NEW.release,
                NEW.stage,
                json_number(NEW.share_gdp_pct) AS share_gdp_pct,
                json_number(NEW.spending_usd_m_current) AS spending_usd_m_current,
                json_number(NEW.spending_usd_m_constant) AS spending_usd_m_constant,
                json_number(NEW.spending_lcu_m_current) AS spending_lcu_m_current,
                json_number(NEW.spending_lcu_m_constant) AS spending_lcu_m_constant,
                NEW.currency,
                NEW.constant_base_year,
                json_number(NEW.real_change_pct) AS real_change_pct,
                json_number(NEW.spending_per_capita_usd_constant)
                    AS spending_per_capita_usd_constant,
                json_number(NEW.gdp_usd_m_current) AS gdp_usd_m_current,
                json_number(NEW.gdp_usd_m_constant) AS gdp_usd_m_constant,
                json_number(NEW.gdp_per_capita_usd_k_constant) AS gdp_per_capita_usd_k_constant,
                json_number(NEW.personnel_thousands) AS personnel_thousands,
                json_number(NEW.equipment_share_pct) AS equipment_share_pct,
                json_number(NEW.personnel_share_pct) AS personnel_share_pct,
                json_number(NEW.infrastructure_share_pct) AS infrastructure_share_pct,
                json_number(NEW.other_share_pct) AS other_share_pct,
                (
                    SELECT coalesce(array_to_json(array_agg(item.value::json)), '[]'::json)
                    FROM (
                        SELECT row_to_json(figure) AS value
                        FROM jsonb_to_recordset(NEW.missing) AS figure (field text, reason text)
                    ) AS item
                ) AS missing,
                json_notes(NEW.notes) AS notes
        ) AS written
    );
    RETURN NEW;
END
$$ SET extra_float_digits = 1;

ALTER TABLE observation ADD COLUMN json text;
ALTER TABLE spending_year ADD COLUMN json text;

CREATE TRIGGER observation_is_written BEFORE INSERT OR UPDATE ON observation
FOR EACH ROW EXECUTE FUNCTION write_observation();

CREATE TRIGGER spending_year_is_written BEFORE INSERT OR UPDATE ON spending_year
FOR EACH ROW EXECUTE FUNCTION write_spending_year();

UPDATE observation SET json = NULL;
UPDATE spending_year SET json = NULL;

ALTER TABLE observation ALTER COLUMN json SET NOT NULL;
ALTER TABLE spending_year ALTER COLUMN json SET NOT NULL;
