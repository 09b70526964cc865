-- A public statement with a number in it, and how to check it; what the check finds is never stored.
CREATE TABLE claim (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]+$'),
    said_by text NOT NULL,
    said_on date NOT NULL,
    text text NOT NULL, -- in our own words
    topic text NOT NULL CHECK (
        topic IN ('alliance_total', 'burden_sharing', 'change', 'new_level', 'two_percent')
    ),
    claimed_value numeric, -- null: said without a figure that could be right or wrong
    claimed_digits integer, -- the decimals in which it was said
    comparison text NOT NULL CHECK (comparison IN ('=', '>=')),
    unit text NOT NULL,
    check_kind text NOT NULL CHECK (
        check_kind IN (
            'member_value', 'members_sum', 'member_share', 'member_to_rest', 'share_of_area',
            'gap_to_area', 'members_at_least', 'members_at_most', 'members_not_rising'
        )
    ),
    indicator text NOT NULL REFERENCES indicator,
    year integer NOT NULL,
    member text REFERENCES member,
    area text REFERENCES area,
    threshold numeric,
    source text NOT NULL REFERENCES source, -- the claimant's own
    notes text[] NOT NULL,
    sources jsonb NOT NULL, -- [{"title", "publisher", "url", "published_on", "kind"}]
    CHECK ((claimed_value IS NULL) = (claimed_digits IS NULL)),
    CHECK (
        (member IS NOT NULL)
        = (check_kind IN ('member_value', 'member_share', 'member_to_rest', 'gap_to_area'))
    ),
    CHECK ((area IS NOT NULL) = (check_kind IN ('share_of_area', 'gap_to_area'))),
    CHECK ((threshold IS NOT NULL) = (check_kind IN ('members_at_least', 'members_at_most')))
);
