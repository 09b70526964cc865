-- The figures of one release, in long format.
SELECT
    observation.area,
    area.kind AS area_kind,
    observation.indicator,
    observation.year,
    observation.value,
    indicator.unit,
    observation.stage,
    observation.missing_reason,
    release.source,
    observation.release,
    observation.source_cell,
    -- Few rows have notes: those without spare the call.
    CASE WHEN observation.notes = '{}' THEN '[]'::jsonb ELSE notes_of(observation.notes) END AS notes,
    observation.json,
    observation.value IS NOT NULL AS is_known,
    member.has_armed_forces
FROM observation
-- Each has its row, as foreign keys; LEFT so that those not asked for are not looked up.
LEFT JOIN area ON observation.area = area.code
LEFT JOIN indicator ON observation.indicator = indicator.id
LEFT JOIN release ON observation.release = release.id
LEFT JOIN member ON observation.area = member.code
WHERE observation.release = %(release)s::text
