-- The commitments. A null parameter does not filter.
SELECT
    commitment.id,
    commitment.member,
    commitment.made_by,
    commitment.summit,
    commitment.kind,
    commitment.made_on,
    commitment.made_on_precision,
    commitment.indicator,
    commitment.value,
    commitment.value_max,
    commitment.unit,
    commitment.from_year,
    commitment.due_year,
    commitment.summary,
    commitment.state,
    commitment.superseded_by,
    commitment.backing,
    (
        SELECT coalesce(jsonb_agg(to_jsonb(note) ORDER BY note.id), '[]'::jsonb)
        FROM note
        WHERE note.id = any(commitment.notes)
    ) AS notes,
    commitment.sources
FROM commitment
WHERE
    (%(id)s::text IS NULL OR commitment.id = %(id)s)
    AND (%(member)s::text[] IS NULL OR commitment.member = any(%(member)s))
    AND (
        %(scope)s::text IS NULL
        OR (commitment.member IS NULL) = (%(scope)s = 'alliance')
    )
    AND (%(summit)s::text[] IS NULL OR commitment.summit = any(%(summit)s))
    AND (%(kind)s::text[] IS NULL OR commitment.kind = any(%(kind)s))
    AND (%(indicator)s::text[] IS NULL OR commitment.indicator = any(%(indicator)s))
    AND (%(unit)s::text[] IS NULL OR commitment.unit = any(%(unit)s))
    AND (%(state)s::text[] IS NULL OR commitment.state = any(%(state)s))
    AND (%(backing)s::text[] IS NULL OR commitment.backing = any(%(backing)s))
    AND (%(made_on)s::daterange IS NULL OR commitment.made_on <@ %(made_on)s::daterange)
    AND (%(value)s::numrange IS NULL OR commitment.value <@ %(value)s::numrange)
    AND (%(value_max)s::numrange IS NULL OR commitment.value_max <@ %(value_max)s::numrange)
    AND (%(from_year)s::int4range IS NULL OR commitment.from_year <@ %(from_year)s::int4range)
    AND (%(due_year)s::int4range IS NULL OR commitment.due_year <@ %(due_year)s::int4range)
