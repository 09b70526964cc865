-- The targets. A null parameter does not filter.
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
    (
        SELECT coalesce(jsonb_agg(to_jsonb(note) ORDER BY note.id), '[]'::jsonb)
        FROM note
        WHERE note.id = any(target.notes)
    ) AS notes,
    target.sources
FROM target
WHERE
    (%(id)s::text IS NULL OR target.id = %(id)s)
    AND (%(state)s::text[] IS NULL OR target.state = any(%(state)s))
    AND (%(indicator)s::text[] IS NULL OR target.indicator = any(%(indicator)s))
    AND (%(agreed_at)s::text[] IS NULL OR target.agreed_at = any(%(agreed_at)s))
    AND (%(value)s::numrange IS NULL OR target.value <@ %(value)s::numrange)
    AND (%(agreed_on)s::daterange IS NULL OR target.agreed_on <@ %(agreed_on)s::daterange)
    AND (%(due_year)s::int4range IS NULL OR target.due_year <@ %(due_year)s::int4range)
    AND (%(review_year)s::int4range IS NULL OR target.review_year <@ %(review_year)s::int4range)
