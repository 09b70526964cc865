-- The same figures wide: a member's year in a release. Written at loading, so that no request pivots.
CREATE TABLE spending_year (
    release text NOT NULL REFERENCES release,
    member text NOT NULL REFERENCES member,
    year integer NOT NULL,
    source text NOT NULL REFERENCES source,
    stage text NOT NULL CHECK (stage IN ('actual', 'estimate')), -- estimate if any figure is
    share_gdp_pct numeric,
    spending_usd_m_current numeric,
    spending_usd_m_constant numeric,
    spending_lcu_m_current numeric,
    spending_lcu_m_constant numeric,
    currency text NOT NULL, -- ISO 4217, the one this release uses
    constant_base_year integer NOT NULL,
    real_change_pct numeric,
    spending_per_capita_usd_constant numeric,
    gdp_usd_m_current numeric,
    gdp_usd_m_constant numeric,
    gdp_per_capita_usd_k_constant numeric,
    personnel_thousands numeric,
    equipment_share_pct numeric,
    personnel_share_pct numeric,
    infrastructure_share_pct numeric,
    other_share_pct numeric,
    missing jsonb NOT NULL, -- [{"field", "reason"}] in the order of the columns
    notes text[] NOT NULL,
    has_figures boolean NOT NULL, -- any figure at all: what latest= looks for
    PRIMARY KEY (release, member, year)
);

CREATE INDEX spending_year_by_year ON spending_year (release, year, member);
