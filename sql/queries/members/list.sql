-- The allies.
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
    notes_of(member.notes) AS notes
FROM member
WHERE %(member)s::text[] IS NULL OR member.code = any(%(member)s)
