-- Members ranked by one indicator in each year of one release, the largest value first.
WITH figure AS (
    SELECT
        observation.area AS member,
        observation.indicator,
        observation.year,
        observation.value,
        observation.missing_reason,
        observation.stage,
        indicator.unit,
        indicator.unit IN ('usd_m', 'thousands') AS is_additive,
        member.has_armed_forces,
        ally.year_first,
        observation.year >= ally.year_first AS is_ally,
        observation.year >= ally.year_first AND observation.value IS NOT NULL AS is_ranked
    FROM observation
    INNER JOIN member ON observation.area = member.code
    INNER JOIN indicator ON observation.indicator = indicator.id
    INNER JOIN group_member AS ally ON ally.group_id = 'nato' AND observation.area = ally.member
    WHERE observation.release = %(release)s AND observation.indicator = %(indicator)s::text
),

-- Equal values share a rank, and the ranks after it are skipped.
placed AS (
    SELECT
        figure.*,
        CASE
            WHEN figure.is_ranked
                THEN rank() OVER (
                    PARTITION BY figure.year, figure.is_ranked
                    ORDER BY figure.value DESC
                )::integer
        END AS rank,
        figure.is_ranked AND count(*) OVER (
            PARTITION BY figure.year, figure.is_ranked, figure.value
        ) > 1 AS is_tied,
        count(*) FILTER (WHERE figure.is_ranked)
            OVER (PARTITION BY figure.year)::integer AS out_of,
        sum(figure.value) FILTER (WHERE figure.is_ranked)
            OVER (PARTITION BY figure.year) AS total,
        sum(figure.value) FILTER (WHERE figure.is_ranked AND figure.member <> 'USA')
            OVER (PARTITION BY figure.year) AS total_excl_usa
    FROM figure
),

-- Who belonged in a year and has no figure, as aggregates count it: who has no armed forces lacks
-- a GDP and nothing else.
lacking AS (
    SELECT
        covered.year,
        array_agg(ally.member ORDER BY ally.member COLLATE "C") AS missing_members
    FROM (SELECT DISTINCT figure.year FROM figure) AS covered
    INNER JOIN group_member AS ally
        ON ally.group_id = 'nato' AND covered.year >= ally.year_first
    INNER JOIN member ON ally.member = member.code
    LEFT JOIN figure ON ally.member = figure.member AND covered.year = figure.year
    WHERE
        figure.value IS NULL
        AND (member.has_armed_forces OR starts_with(%(indicator)s, 'gdp_'))
    GROUP BY covered.year
),

-- What a release does not reach back to it does not publish, and of a partial one we do not hold.
compared AS (
    SELECT
        placed.*,
        release.source,
        release.id AS release,
        coalesce(lacking.missing_members, '{}') AS missing_members,
        earlier.rank AS previous_rank,
        CASE
            WHEN placed.year <= placed.year_first THEN 'not_applicable'
            WHEN earlier.member IS NOT NULL THEN earlier.missing_reason
            WHEN release.coverage = 'partial' THEN 'not_held'
            ELSE 'not_published'
        END AS previous_reason,
        CASE
            WHEN NOT placed.is_ally THEN 'not_applicable'
            ELSE placed.missing_reason
        END AS rank_reason,
        CASE
            WHEN placed.is_ally AND placed.is_additive THEN placed.missing_reason
            ELSE 'not_applicable'
        END AS share_reason,
        CASE
            WHEN placed.is_ranked AND placed.is_additive
                THEN 100 * placed.value / nullif(placed.total, 0)
        END AS share_of_alliance_pct,
        CASE
            WHEN placed.is_ranked AND placed.is_additive AND placed.member <> 'USA'
                THEN 100 * placed.value / nullif(placed.total_excl_usa, 0)
        END AS share_of_alliance_excl_usa_pct
    FROM placed
    INNER JOIN release ON release.id = %(release)s
    LEFT JOIN lacking ON placed.year = lacking.year
    LEFT JOIN placed AS earlier
        ON placed.member = earlier.member AND placed.year - 1 = earlier.year
)

SELECT
    compared.member,
    compared.indicator,
    compared.year,
    compared.value,
    compared.unit,
    compared.rank,
    compared.is_tied,
    compared.previous_rank,
    compared.out_of,
    compared.share_of_alliance_pct,
    compared.share_of_alliance_excl_usa_pct,
    compared.missing_members,
    compared.stage,
    compared.source,
    compared.release,
    (
        SELECT
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'field', lacked.field,
                        'reason', coalesce(lacked.reason, 'not_applicable')
                    )
                    ORDER BY lacked.place
                ),
                '[]'::jsonb
            )
        FROM (
            VALUES
            (1, 'value', compared.missing_reason, compared.value IS NULL),
            (2, 'rank', compared.rank_reason, compared.rank IS NULL),
            (3, 'previous_rank', compared.previous_reason, compared.previous_rank IS NULL),
            (
                4,
                'share_of_alliance_pct',
                compared.share_reason,
                compared.share_of_alliance_pct IS NULL
            ),
            (
                5,
                'share_of_alliance_excl_usa_pct',
                compared.share_reason,
                compared.share_of_alliance_excl_usa_pct IS NULL
            )
        ) AS lacked (place, field, reason, is_null)
        WHERE lacked.is_null
    ) AS missing,
    compared.value IS NOT NULL AS is_known,
    compared.has_armed_forces
FROM compared
