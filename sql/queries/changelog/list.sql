-- What changed: the entries written down, one for each release, and one for its withdrawal.
SELECT
    change.id,
    change.kind,
    change.title,
    change.summary,
    change.version,
    change.release,
    change.published_on,
    change.updated_at,
    change.path,
    change.is_breaking
FROM (
    SELECT
        changelog.id,
        changelog.kind,
        changelog.title,
        changelog.summary,
        changelog.version,
        NULL::text AS release,
        changelog.published_on,
        date_trunc('second', changelog.loaded_at) AS updated_at,
        changelog.path,
        changelog.is_breaking
    FROM changelog
    UNION ALL
    SELECT
        'release-' || release.id,
        'data',
        'Release ' || release.id || ': ' || release.title,
        CASE
            WHEN release.withdrawn_on IS NULL
                THEN to_char(release.figure_count, 'FM999,999,999') || ' figures'
            ELSE 'Figures, withdrawn since,'
        END || ' of ' || release.year_first || ' to ' || release.year_last || ', published on '
        || to_char(release.published_on, 'YYYY-MM-DD') || ' by ' || source.publisher
        || CASE release.coverage WHEN 'full' THEN '.' ELSE '; only a part of them is held.' END,
        NULL,
        release.id,
        release.published_on,
        date_trunc('second', release.loaded_at),
        '/v1/releases' || CASE WHEN release.withdrawn_on IS NULL THEN '/' || release.id ELSE '' END,
        false
    FROM release
    INNER JOIN source ON release.source = source.id
    UNION ALL
    SELECT
        'release-' || release.id || '-withdrawn',
        'data',
        'Release ' || release.id || ' withdrawn',
        release.withdrawn_reason,
        NULL,
        release.id,
        release.withdrawn_on,
        date_trunc('second', release.withdrawn_at),
        '/v1/releases',
        true
    FROM release
    WHERE release.withdrawn_on IS NOT NULL
) AS change
