-- The targets.
SELECT
    target.id,
    target.title,
    target.indicator,
    target.comparison,
    target.value,
    target.unit,
    target.state,
    target.agreed_at,
    target.agreed_on,
    target.due_year,
    target.review_year,
    target.supersedes,
    target.superseded_by,
    target.text,
    notes_of(target.notes) AS notes,
    target.sources
FROM target
