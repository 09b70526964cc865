-- The allies. A null parameter does not filter.
SELECT
    member.code,
    member.alpha2,
    member.numeric,
    member.name,
    member.official_name,
    member.aliases,
    member.region,
    member.acceded_on,
    member.is_founder,
    member.currency,
    member.has_armed_forces,
    member.eu_member_since,
    member.eu_member_until,
    (
        SELECT coalesce(jsonb_agg(to_jsonb(note) ORDER BY note.id), '[]'::jsonb)
        FROM note
        WHERE note.id = any(member.notes)
    ) AS notes
FROM member
WHERE
    (%(member)s::text[] IS NULL OR member.code = any(%(member)s))
    AND (%(region)s::text[] IS NULL OR member.region = any(%(region)s))
    AND (%(is_founder)s::boolean IS NULL OR member.is_founder = %(is_founder)s)
    AND (%(has_armed_forces)s::boolean IS NULL OR member.has_armed_forces = %(has_armed_forces)s)
    AND (%(acceded_on)s::daterange IS NULL OR member.acceded_on <@ %(acceded_on)s::daterange)
    AND (
        %(eu_member_since)s::daterange IS NULL
        OR member.eu_member_since <@ %(eu_member_since)s::daterange
    )
    AND (
        %(eu_member_until)s::daterange IS NULL
        OR member.eu_member_until <@ %(eu_member_until)s::daterange
    )
