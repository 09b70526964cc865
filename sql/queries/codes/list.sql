-- Every spelling that a filter or a path may use, by codelist, a code's own spelling first.
WITH member_spelling AS (
    SELECT
        member.code,
        given.spelling
    FROM member
    CROSS JOIN LATERAL unnest(
        ARRAY[member.name, member.official_name, member.alpha2] || member.aliases
    ) AS given (spelling)
)

SELECT
    spelled.codelist,
    spelled.code,
    spelled.spelling
FROM (
    SELECT 'member' AS codelist, member.code, member.code AS spelling, 1 AS place FROM member
    UNION ALL
    SELECT 'member', member_spelling.code, member_spelling.spelling, 2 FROM member_spelling
    UNION ALL
    SELECT 'area', area.code, area.code, 1 FROM area
    UNION ALL
    SELECT 'area', area.code, area.name, 2 FROM area
    UNION ALL
    SELECT 'area', member_spelling.code, member_spelling.spelling, 2 FROM member_spelling
    UNION ALL
    SELECT 'aggregate', area.code, area.code, 1 FROM area WHERE area.kind = 'aggregate'
    UNION ALL
    SELECT 'source', source.id, source.id, 1 FROM source
    UNION ALL
    SELECT 'indicator', indicator.id, indicator.id, 1 FROM indicator
    UNION ALL
    SELECT 'yearly_indicator', indicator.id, indicator.id, 1 FROM indicator WHERE indicator.is_yearly
    UNION ALL
    SELECT 'release', release.id, release.id, 1 FROM release WHERE release.withdrawn_on IS NULL
    UNION ALL
    SELECT 'full_release', release.id, release.id, 1
    FROM release
    WHERE release.coverage = 'full' AND release.withdrawn_on IS NULL
    UNION ALL
    SELECT 'summit', summit.id, summit.id, 1 FROM summit
    UNION ALL
    SELECT 'target', target.id, target.id, 1 FROM target
    UNION ALL
    SELECT 'commitment', commitment.id, commitment.id, 1 FROM commitment
    UNION ALL
    SELECT 'claim', claim.id, claim.id, 1 FROM claim
    UNION ALL
    SELECT DISTINCT 'unit', commitment.unit, commitment.unit, 1
    FROM commitment
    WHERE commitment.unit IS NOT NULL
) AS spelled
ORDER BY spelled.codelist, spelled.place, spelled.code, spelled.spelling
