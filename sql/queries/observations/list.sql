-- The figures of one release, long. A null parameter does not filter; `latest` applies last.
WITH matching AS NOT MATERIALIZED (
    SELECT
        observation.*,
        area.kind AS area_kind,
        indicator.unit,
        release.source
    FROM observation
    -- Each has its row, as foreign keys; LEFT so that those not asked for are not looked up.
    LEFT JOIN area ON observation.area = area.code
    LEFT JOIN indicator ON observation.indicator = indicator.id
    LEFT JOIN release ON observation.release = release.id
    WHERE
        observation.release = %(release)s
        AND (%(area)s::text[] IS NULL OR observation.area = any(%(area)s))
        AND (%(area_kind)s::text IS NULL OR area.kind = %(area_kind)s)
        AND (%(indicator)s::text[] IS NULL OR observation.indicator = any(%(indicator)s))
        AND (%(year)s::int4range IS NULL OR observation.year <@ %(year)s::int4range)
        AND (%(stage)s::text[] IS NULL OR observation.stage = any(%(stage)s))
        AND (
            %(missing_reason)s::text[] IS NULL
            OR observation.missing_reason = any(%(missing_reason)s)
        )
        AND (%(value)s::numrange IS NULL OR observation.value <@ %(value)s::numrange)
),

-- For each indicator, the members with armed forces that the release has and that were asked for.
asked AS (
    SELECT
        observation.indicator,
        count(DISTINCT observation.area) AS members
    FROM observation
    INNER JOIN member ON observation.area = member.code
    WHERE
        observation.release = %(release)s
        AND member.has_armed_forces
        AND (%(area)s::text[] IS NULL OR observation.area = any(%(area)s))
        AND (%(indicator)s::text[] IS NULL OR observation.indicator = any(%(indicator)s))
    GROUP BY observation.indicator
),

common AS (
    SELECT
        shared.indicator,
        max(shared.year) AS year
    FROM (
        SELECT
            matching.indicator,
            matching.year,
            count(*) AS members
        FROM matching
        INNER JOIN member ON matching.area = member.code
        WHERE member.has_armed_forces AND matching.value IS NOT NULL
        GROUP BY matching.indicator, matching.year
    ) AS shared
    INNER JOIN asked ON shared.indicator = asked.indicator AND shared.members = asked.members
    GROUP BY shared.indicator
),

newest AS (
    SELECT
        matching.area,
        matching.indicator,
        max(matching.year) AS year
    FROM matching
    WHERE matching.value IS NOT NULL
    GROUP BY matching.area, matching.indicator
)

SELECT
    matching.area,
    matching.area_kind,
    matching.indicator,
    matching.year,
    matching.value,
    matching.unit,
    matching.stage,
    matching.missing_reason,
    matching.source,
    matching.release,
    matching.source_cell,
    CASE
        WHEN matching.notes = '{}' THEN '[]'::jsonb
        ELSE (
            SELECT coalesce(jsonb_agg(to_jsonb(note) ORDER BY note.id), '[]'::jsonb)
            FROM note
            WHERE note.id = any(matching.notes)
        )
    END AS notes,
    matching.json
FROM matching
WHERE
    %(latest)s::text IS NULL
    OR (
        %(latest)s = 'each'
        AND (matching.area, matching.indicator, matching.year) IN (
            SELECT
                newest.area,
                newest.indicator,
                newest.year
            FROM newest
        )
    )
    OR (
        %(latest)s = 'common'
        AND (matching.indicator, matching.year) IN (
            SELECT
                common.indicator,
                common.year
            FROM common
        )
    )
