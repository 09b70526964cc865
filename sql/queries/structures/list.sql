-- What the codes in an observation mean that are data, each list in its reading order.
SELECT
    code.codelist,
    code.code,
    code.name,
    code.definition,
    code.published_on
FROM (
    SELECT
        'area' AS codelist,
        area.code,
        area.name,
        area.definition,
        NULL::date AS published_on,
        CASE area.kind WHEN 'member' THEN 0 ELSE 1 END AS position
    FROM area
    UNION ALL
    SELECT
        'indicator' AS codelist,
        indicator.id AS code,
        indicator.title AS name,
        indicator.definition,
        NULL AS published_on,
        indicator.position
    FROM indicator
    UNION ALL
    SELECT
        'release' AS codelist,
        release.id AS code,
        release.title AS name,
        release.citation AS definition,
        release.published_on,
        0 AS position
    FROM release
    WHERE release.withdrawn_on IS NULL
    UNION ALL
    SELECT
        'source' AS codelist,
        source.id AS code,
        source.title AS name,
        source.definition,
        NULL AS published_on,
        0 AS position
    FROM source
    UNION ALL
    SELECT
        'note' AS codelist,
        note.id AS code,
        note.text AS name,
        NULL AS definition,
        NULL AS published_on,
        0 AS position
    FROM note
) AS code
ORDER BY code.codelist, code.position, code.code COLLATE "C"
