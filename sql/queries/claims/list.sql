-- The claims, with the names of what each is checked in. Numbers are texts, exact.
SELECT
    claim.id,
    claim.said_by,
    claim.said_on,
    claim.text,
    claim.topic,
    claim.claimed_value::text AS claimed_value,
    claim.claimed_digits,
    claim.comparison,
    claim.unit,
    claim.check_kind,
    claim.indicator,
    indicator.title AS indicator_title,
    claim.year,
    claim.member,
    member.name AS member_name,
    claim.area,
    area.name AS area_name,
    claim.threshold::text AS threshold,
    claim.source,
    notes_of(claim.notes) AS notes,
    claim.sources
FROM claim
INNER JOIN indicator ON claim.indicator = indicator.id
LEFT JOIN member ON claim.member = member.code
LEFT JOIN area ON claim.area = area.code
