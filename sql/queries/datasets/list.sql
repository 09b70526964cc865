-- The releases that are served, with publisher, indicators and the members they have figures of.
--
SELECT
    release.id,
    release.source,
    release.title,
    release.published_on,
    release.year_first,
    release.year_last,
    release.coverage,
    release.source_url,
    release.licence,
    release.citation,
    source.publisher,
    source.url AS publisher_url,
    source.definition,
    date_trunc('second', release.loaded_at) AS updated_at,
    (
        SELECT
            jsonb_agg(
                jsonb_build_object(
                    'id', indicator.id,
                    'title', indicator.title,
                    'unit', indicator.unit,
                    'definition', indicator.definition
                )
                ORDER BY indicator.id
            )
        FROM indicator
        WHERE indicator.id = any(release.indicators)
    ) AS indicators,
    (
        SELECT
            jsonb_agg(
                jsonb_build_object('code', member.code, 'name', member.name)
                ORDER BY member.code
            )
        FROM member
        WHERE
            EXISTS (
                SELECT
                FROM availability
                WHERE
                    availability.release = release.id
                    AND availability.area = member.code
                    AND availability.count > 0
            )
    ) AS members
FROM release
INNER JOIN source ON release.source = source.id
WHERE
    release.withdrawn_on IS NULL
    AND (%(source)s::text[] IS NULL OR release.source = any(%(source)s))
ORDER BY release.source, release.published_on DESC, release.id
