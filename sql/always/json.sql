-- The JSON that is stored beside the columns of a figure, byte for byte as the service writes it: a
-- list only joins such texts.

-- The shortest digits that are read as the same double, as Python writes them. PostgreSQL has the
-- same but for its notation (no .0, and exponents from 1e+15 on), and for a digit too many where
-- the shortest lies just between two doubles, as 1e+23 does; there are none such beyond 1e+40.
CREATE OR REPLACE FUNCTION long_digits(double float8) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    digits text := double::text;
BEGIN
    IF abs(double) < 1e16 THEN
        digits := digits::numeric::text;
        RETURN CASE WHEN double = trunc(double) THEN digits || '.0' ELSE digits END;
    ELSIF abs(double) < 1e40 THEN
        RETURN coalesce((
            SELECT shorter.digits
            FROM (VALUES ('9.99999999999999EEEE'), ('9.999999999999999EEEE')) AS known (form)
            CROSS JOIN LATERAL regexp_replace(
                trim(to_char(double, known.form)), '\.?0*e', 'e'
            ) AS shorter (digits)
            WHERE shorter.digits::float8 = double
            ORDER BY length(shorter.digits)
            LIMIT 1
        ), digits);
    END IF;
    RETURN digits;
END $$;

-- The digits of any double. Short enough for PostgreSQL to put in place of its call.
CREATE OR REPLACE FUNCTION digits_of(double float8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN abs(double) >= 1e15 THEN long_digits(double)
        WHEN double = trunc(double) THEN double::text || '.0'
        ELSE double::text
    END
$$;

CREATE OR REPLACE FUNCTION json_number(exact numeric) RETURNS json
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN digits_of(exact);
END $$;

CREATE OR REPLACE FUNCTION json_notes(ids text[]) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF ids = '{}' THEN
        RETURN '[]';
    END IF;
    RETURN (
        SELECT coalesce(array_to_json(array_agg(row_to_json(said) ORDER BY said.id)), '[]')
        FROM (SELECT note.id, note.text FROM note WHERE note.id = any(ids)) AS said
    );
END $$;

-- The JSON of a row as a function of it: what its trigger stores, and what verifying expects.
-- Left joins: a foreign key refuses what refers to nothing, with an error that names it.
CREATE OR REPLACE FUNCTION observation_json(given observation) RETURNS text
LANGUAGE plpgsql STABLE SET extra_float_digits = 1 AS $$
BEGIN
    RETURN (
        SELECT row_to_json(written)
        FROM (
            SELECT
                given.area, area.kind AS area_kind, given.indicator, given.year,
                json_number(given.value) AS value,
                indicator.unit,
                given.stage, given.missing_reason, release.source, given.release, given.source_cell,
                json_notes(given.notes) AS notes
            FROM (SELECT) AS one
            LEFT JOIN area ON area.code = given.area
            LEFT JOIN indicator ON indicator.id = given.indicator
            LEFT JOIN release ON release.id = given.release
        ) AS written
    );
END $$;

CREATE OR REPLACE FUNCTION spending_year_json(given spending_year) RETURNS text
LANGUAGE plpgsql STABLE SET extra_float_digits = 1 AS $$
BEGIN
    RETURN (
        SELECT row_to_json(written)
        FROM (
            SELECT
                given.member, given.year, given.source, given.release, given.stage,
                json_number(given.share_gdp_pct) AS share_gdp_pct,
                json_number(given.spending_usd_m_current) AS spending_usd_m_current,
                json_number(given.spending_usd_m_constant) AS spending_usd_m_constant,
                json_number(given.spending_lcu_m_current) AS spending_lcu_m_current,
                json_number(given.spending_lcu_m_constant) AS spending_lcu_m_constant,
                given.currency, given.constant_base_year,
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
                    SELECT coalesce(array_to_json(array_agg(row_to_json(figure))), '[]')
                    FROM jsonb_to_recordset(given.missing) AS figure (field text, reason text)
                ) AS missing,
                json_notes(given.notes) AS notes
        ) AS written
    );
END $$;

CREATE OR REPLACE FUNCTION write_observation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.json := observation_json(NEW); RETURN NEW; END $$;

CREATE OR REPLACE FUNCTION write_spending_year() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.json := spending_year_json(NEW); RETURN NEW; END $$;

CREATE OR REPLACE TRIGGER observation_is_written BEFORE INSERT OR UPDATE ON observation
FOR EACH ROW EXECUTE FUNCTION write_observation();

CREATE OR REPLACE TRIGGER spending_year_is_written BEFORE INSERT OR UPDATE ON spending_year
FOR EACH ROW EXECUTE FUNCTION write_spending_year();
