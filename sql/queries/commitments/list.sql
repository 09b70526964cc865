-- The commitments, with what became of them by `today`. A null parameter does not filter.
-- Once the due year is over, NATO's newest full release says whether a member kept its word.
WITH measured AS (
    SELECT
        commitment.*,
        commitment.kind IN ('pledge', 'plan')
        AND commitment.due_year < extract(YEAR FROM %(today)s::date) AS is_due,
        CASE
            WHEN commitment.indicator = 'share_gdp_pct' AND commitment.unit = 'pct_gdp'
                THEN spending_year.share_gdp_pct
            WHEN commitment.indicator = 'equipment_share_pct' AND commitment.unit = 'pct_defence'
                THEN spending_year.equipment_share_pct
        END AS figure
    FROM commitment
    LEFT JOIN spending_year
        ON
            commitment.member = spending_year.member
            AND commitment.due_year = spending_year.year
            AND spending_year.release = (
                SELECT release.id
                FROM release
                WHERE
                    release.source = 'nato'
                    AND release.coverage = 'full'
                    AND release.withdrawn_on IS NULL
                ORDER BY release.published_on DESC
                LIMIT 1
            )
),

judged AS (
    SELECT
        measured.*,
        CASE
            WHEN measured.state <> 'open' OR measured.is_due IS NOT true THEN measured.state
            WHEN measured.figure >= measured.value THEN 'fulfilled'
            WHEN measured.figure < measured.value THEN 'lapsed'
            ELSE measured.state
        END AS state_today
    FROM measured
)

SELECT
    judged.id,
    judged.member,
    judged.made_by,
    judged.summit,
    judged.kind,
    judged.made_on,
    judged.made_on_precision,
    judged.indicator,
    judged.value,
    judged.value_max,
    judged.unit,
    judged.from_year,
    judged.due_year,
    judged.summary,
    judged.state_today AS state,
    judged.superseded_by,
    judged.backing,
    (
        SELECT coalesce(jsonb_agg(to_jsonb(note) ORDER BY note.id), '[]'::jsonb)
        FROM note
        WHERE note.id = any(judged.notes)
    ) AS notes,
    judged.sources
FROM judged
WHERE
    (%(id)s::text IS NULL OR judged.id = %(id)s)
    AND (%(member)s::text[] IS NULL OR judged.member = any(%(member)s))
    AND (
        %(scope)s::text IS NULL
        OR (judged.member IS NULL) = (%(scope)s = 'alliance')
    )
    AND (%(summit)s::text[] IS NULL OR judged.summit = any(%(summit)s))
    AND (%(kind)s::text[] IS NULL OR judged.kind = any(%(kind)s))
    AND (%(indicator)s::text[] IS NULL OR judged.indicator = any(%(indicator)s))
    AND (%(unit)s::text[] IS NULL OR judged.unit = any(%(unit)s))
    AND (%(state)s::text[] IS NULL OR judged.state_today = any(%(state)s))
    AND (%(backing)s::text[] IS NULL OR judged.backing = any(%(backing)s))
    AND (%(made_on)s::daterange IS NULL OR judged.made_on <@ %(made_on)s::daterange)
    AND (%(value)s::numrange IS NULL OR judged.value <@ %(value)s::numrange)
    AND (%(value_max)s::numrange IS NULL OR judged.value_max <@ %(value_max)s::numrange)
    AND (%(from_year)s::int4range IS NULL OR judged.from_year <@ %(from_year)s::int4range)
    AND (%(due_year)s::int4range IS NULL OR judged.due_year <@ %(due_year)s::int4range)
