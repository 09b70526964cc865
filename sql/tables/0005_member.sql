-- An ally. Names and codes it is known by stand in member_alias.
CREATE TABLE member (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'), -- ISO 3166-1 alpha-3
    alpha2 text NOT NULL UNIQUE CHECK (alpha2 ~ '^[A-Z]{2}$'),
    numeric text NOT NULL UNIQUE CHECK (numeric ~ '^[0-9]{3}$'), -- leading zeros count
    name text NOT NULL UNIQUE,
    official_name text NOT NULL,
    aliases text[] NOT NULL,
    region text NOT NULL CHECK (region IN ('europe', 'north_america')),
    acceded_on date NOT NULL,
    is_founder boolean NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'), -- ISO 4217, today's
    has_armed_forces boolean NOT NULL,
    eu_member_since date,
    eu_member_until date,
    notes text[] NOT NULL
);
