-- The commitments, with what became of them by `today`.
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
            AND spending_year.release = newest_full_release('nato')
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
    notes_of(judged.notes) AS notes,
    judged.sources
FROM judged
WHERE %(scope)s::text IS NULL OR (judged.member IS NULL) = (%(scope)s = 'alliance')
