-- What it takes to reach a target: a row for each member, or one for a group, in one release.
-- A null parameter does not filter, or stands for its default.
WITH asked AS (
    SELECT
        target.id AS target,
        target.value AS target_value,
        indicator.is_published,
        coalesce(%(given_end_year)s::integer, target.due_year) AS end_year,
        proposal.value AS proposal_step_pp,
        release.id AS release,
        release.source,
        release.constant_base_year,
        CASE release.coverage WHEN 'partial' THEN 'not_held' ELSE 'not_published' END
            AS reason_of_no_row,
        coalesce(%(gdp_growth_pct)s::numeric, 0) AS gdp_growth_pct,
        coalesce(%(deflator_pct)s::numeric, 0) AS deflator_pct,
        coalesce(%(price_basis)s::text, 'current') AS price_basis,
        CASE WHEN %(given_step_pp)s::numeric IS NULL THEN 'equal' ELSE 'given' END AS step
    FROM target
    INNER JOIN indicator ON target.indicator = indicator.id
    INNER JOIN target AS proposal ON proposal.id = 'rutte-2025-step'
    INNER JOIN release ON release.id = %(release)s::text
    WHERE target.id = %(target)s::text
),

figure AS (
    SELECT
        spending_year.member,
        spending_year.year,
        spending_year.share_gdp_pct,
        spending_year.spending_usd_m_constant,
        spending_year.gdp_usd_m_constant,
        CASE asked.price_basis
            WHEN 'current' THEN spending_year.gdp_usd_m_current
            ELSE spending_year.gdp_usd_m_constant
        END AS gdp_usd_m,
        cause.reasons ->> 'share_gdp_pct' AS share_reason,
        cause.reasons ->> ('gdp_usd_m_' || asked.price_basis) AS gdp_reason,
        coalesce(
            cause.reasons ->> 'spending_usd_m_constant', cause.reasons ->> 'gdp_usd_m_constant'
        ) AS part_reason,
        member.has_armed_forces
    FROM spending_year
    INNER JOIN member ON spending_year.member = member.code
    INNER JOIN asked ON spending_year.release = asked.release
    CROSS JOIN LATERAL (
        SELECT
            jsonb_object_agg(
                listed.entry ->> 'field',
                listed.entry ->> 'reason'
            ) AS reasons
        FROM jsonb_array_elements(spending_year.missing) AS listed (entry)
    ) AS cause
),

-- A group's share and GDP are those of its computed aggregates.
held AS (
    SELECT
        figure.member AS area,
        figure.year,
        figure.share_gdp_pct,
        figure.gdp_usd_m,
        figure.share_reason,
        figure.gdp_reason
    FROM figure
    UNION ALL
    SELECT
        group_member.group_id,
        figure.year,
        100 * sum(figure.spending_usd_m_constant) FILTER (WHERE whole.is_held)
        / nullif(sum(figure.gdp_usd_m_constant) FILTER (WHERE whole.is_held), 0),
        sum(figure.gdp_usd_m),
        mode() WITHIN GROUP (ORDER BY figure.part_reason COLLATE "C")
            FILTER (WHERE figure.has_armed_forces),
        mode() WITHIN GROUP (ORDER BY figure.gdp_reason COLLATE "C")
    FROM figure
    INNER JOIN group_member
        ON
            figure.member = group_member.member
            AND figure.year BETWEEN group_member.year_first
            AND coalesce(group_member.year_last, figure.year)
    CROSS JOIN LATERAL (
        SELECT
            figure.gdp_usd_m_constant IS NOT NULL
            AND (figure.spending_usd_m_constant IS NOT NULL OR NOT figure.has_armed_forces)
                AS is_held
    ) AS whole
    WHERE group_member.group_id = %(group)s::text
    GROUP BY group_member.group_id, figure.year
),

whose AS (
    SELECT
        member.code AS area,
        member.code AS member,
        NULL::text AS group_id
    FROM member
    WHERE
        %(group)s::text IS NULL
        AND (%(member)s::text[] IS NULL OR member.code = any(%(member)s))
    UNION ALL
    SELECT
        %(group)s::text,
        NULL,
        %(group)s::text
    WHERE %(group)s::text IS NOT NULL
),

-- The newest year with a share, or the year asked for.
started AS (
    SELECT DISTINCT ON (whose.area)
        whose.area,
        whose.member,
        whose.group_id,
        asked.*,
        CASE
            WHEN %(given_start_year)s IS NOT NULL THEN %(given_start_year)s
            WHEN asked.is_published AND held.share_gdp_pct IS NOT NULL THEN held.year
        END AS start_year,
        CASE WHEN asked.is_published THEN held.share_gdp_pct END AS start_value,
        held.gdp_usd_m AS start_gdp_usd_m,
        CASE
            WHEN NOT asked.is_published THEN 'not_published'
            WHEN held.share_gdp_pct IS NULL
                THEN coalesce(held.share_reason, asked.reason_of_no_row)
        END AS share_reason,
        coalesce(held.gdp_reason, asked.reason_of_no_row) AS gdp_reason
    FROM whose
    CROSS JOIN asked
    LEFT JOIN held
        ON
            whose.area = held.area
            AND (%(given_start_year)s::integer IS NULL OR held.year = %(given_start_year)s)
    ORDER BY whose.area, held.share_gdp_pct IS NULL, held.year DESC
),

planned AS (
    SELECT
        started.*,
        started.start_value >= started.target_value AS is_at_target,
        CASE
            WHEN started.start_value >= started.target_value THEN 0
            WHEN started.start_year < started.end_year
                THEN
                    (started.target_value - started.start_value)
                    / (started.end_year - started.start_year)
        END AS needed_step_pp,
        -- Fifty decimals hold the product exactly, and so many has each of its powers.
        round(
            (1 + 0.01 * started.gdp_growth_pct) * (1 + 0.01 * started.deflator_pct), 50
        ) AS gdp_factor
    FROM started
),

-- Equal steps are counted from the start, and the last year is the target itself: a third of the
-- way, thrice, need not be all of it. The thirds have forty decimals, so that a sum of them that is
-- rounded to twenty is exact wherever twenty hold it.
ahead AS (
    SELECT
        planned.*,
        later.year,
        CASE
            WHEN planned.is_at_target THEN planned.start_value
            WHEN planned.step = 'given'
                THEN
                    least(
                        planned.target_value,
                        planned.start_value
                        + %(given_step_pp)s * (later.year - planned.start_year)
                    )
            WHEN later.year = planned.end_year THEN planned.target_value
            ELSE
                planned.start_value
                + round(planned.target_value - planned.start_value, 40)
                * (later.year - planned.start_year) / (planned.end_year - planned.start_year)
        END AS share_gdp_pct,
        planned.start_value + planned.proposal_step_pp * (later.year - planned.start_year)
        >= planned.target_value AS is_reached_by_proposal,
        planned.start_gdp_usd_m
        * power(planned.gdp_factor, later.year - planned.start_year) AS gdp_usd_m
    FROM planned
    CROSS JOIN LATERAL generate_series(planned.start_year + 1, planned.end_year) AS later (year)
    WHERE planned.start_value IS NOT NULL
),

walked AS (
    SELECT
        ahead.area,
        jsonb_agg(
            jsonb_build_object(
                'year', ahead.year,
                'share_gdp_pct', ahead.share_gdp_pct,
                'gdp_usd_m', ahead.gdp_usd_m,
                'spending_usd_m', 0.01 * ahead.share_gdp_pct * ahead.gdp_usd_m,
                'additional_usd_m',
                0.01 * (ahead.share_gdp_pct - ahead.start_value) * ahead.gdp_usd_m
            )
            ORDER BY ahead.year
        ) AS years,
        round(
            sum(0.01 * (ahead.share_gdp_pct - ahead.start_value) * ahead.gdp_usd_m), 20
        ) AS cumulative_additional_usd_m,
        min(ahead.year) FILTER (WHERE ahead.share_gdp_pct >= ahead.target_value) AS reached_in,
        min(ahead.year) FILTER (WHERE ahead.is_reached_by_proposal) AS proposal_reached_in
    FROM ahead
    GROUP BY ahead.area
),

answered AS (
    SELECT
        planned.*,
        CASE
            WHEN planned.is_at_target THEN 0
            WHEN planned.start_value IS NOT NULL
                THEN coalesce(%(given_step_pp)s, planned.needed_step_pp)
        END AS step_pp,
        CASE WHEN planned.is_at_target THEN planned.start_year ELSE walked.reached_in END
            AS reached_in,
        CASE WHEN planned.is_at_target THEN planned.start_year ELSE walked.proposal_reached_in END
            AS proposal_reached_in,
        coalesce(walked.years, '[]'::jsonb) AS years,
        CASE
            WHEN walked.years IS NOT NULL THEN walked.cumulative_additional_usd_m
            WHEN planned.start_value IS NOT NULL THEN 0
        END AS cumulative_additional_usd_m
    FROM planned
    LEFT JOIN walked ON planned.area = walked.area
),

rowed AS (
    SELECT
        answered.target,
        answered.member,
        answered.group_id AS "group",
        answered.start_year,
        answered.end_year,
        answered.start_value,
        answered.target_value,
        answered.step_pp,
        answered.needed_step_pp,
        CASE WHEN answered.start_value IS NOT NULL THEN answered.reached_in IS NOT NULL END
            AS reaches_target,
        answered.reached_in,
        answered.years,
        answered.cumulative_additional_usd_m,
        answered.proposal_step_pp,
        CASE
            WHEN answered.start_value IS NOT NULL THEN answered.proposal_reached_in IS NOT NULL
        END AS proposal_reaches_target,
        answered.proposal_reached_in,
        jsonb_build_object(
            'gdp_growth_pct', answered.gdp_growth_pct,
            'deflator_pct', answered.deflator_pct,
            'price_basis', answered.price_basis,
            'constant_base_year', answered.constant_base_year,
            'step', answered.step
        ) AS assumptions,
        answered.source,
        answered.release,
        answered.share_reason,
        answered.gdp_reason
    FROM answered
)

SELECT
    rowed.target,
    rowed.member,
    rowed.group,
    rowed.start_year,
    rowed.end_year,
    rowed.start_value,
    rowed.target_value,
    rowed.step_pp,
    rowed.needed_step_pp,
    rowed.reaches_target,
    rowed.reached_in,
    rowed.years,
    rowed.cumulative_additional_usd_m,
    rowed.proposal_step_pp,
    rowed.proposal_reaches_target,
    rowed.proposal_reached_in,
    rowed.assumptions,
    rowed.source,
    rowed.release,
    (
        -- Without a share all that follows from it is missing for the share's reason.
        SELECT
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'field', lacked.field,
                        'reason', coalesce(rowed.share_reason, lacked.reason)
                    )
                    ORDER BY lacked.place
                ),
                '[]'::jsonb
            )
        FROM (
            VALUES
            (1, 'start_year', rowed.share_reason, rowed.start_year IS NULL),
            (2, 'start_value', rowed.share_reason, rowed.start_value IS NULL),
            (3, 'step_pp', 'not_applicable', rowed.step_pp IS NULL),
            (4, 'needed_step_pp', 'not_applicable', rowed.needed_step_pp IS NULL),
            (5, 'reaches_target', rowed.share_reason, rowed.reaches_target IS NULL),
            (6, 'reached_in', 'not_applicable', rowed.reached_in IS NULL),
            (7, 'gdp_usd_m', rowed.gdp_reason, rowed.years @> '[{"gdp_usd_m": null}]'),
            (8, 'spending_usd_m', rowed.gdp_reason, rowed.years @> '[{"gdp_usd_m": null}]'),
            (9, 'additional_usd_m', rowed.gdp_reason, rowed.years @> '[{"gdp_usd_m": null}]'),
            (
                10,
                'cumulative_additional_usd_m',
                rowed.gdp_reason,
                rowed.cumulative_additional_usd_m IS NULL
            ),
            (
                11,
                'proposal_reaches_target',
                rowed.share_reason,
                rowed.proposal_reaches_target IS NULL
            ),
            (12, 'proposal_reached_in', 'not_applicable', rowed.proposal_reached_in IS NULL)
        ) AS lacked (place, field, reason, is_null)
        WHERE lacked.is_null
    ) AS missing
FROM rowed
WHERE
    (%(reaches_target)s::boolean IS NULL OR rowed.reaches_target = %(reaches_target)s)
    AND (
        %(proposal_reaches_target)s::boolean IS NULL
        OR rowed.proposal_reaches_target = %(proposal_reaches_target)s
    )
    AND (%(start_year)s::int4range IS NULL OR rowed.start_year <@ %(start_year)s::int4range)
    AND (%(end_year)s::int4range IS NULL OR rowed.end_year <@ %(end_year)s::int4range)
    AND (%(start_value)s::numrange IS NULL OR rowed.start_value <@ %(start_value)s::numrange)
    AND (%(target_value)s::numrange IS NULL OR rowed.target_value <@ %(target_value)s::numrange)
    AND (%(step_pp)s::numrange IS NULL OR rowed.step_pp <@ %(step_pp)s::numrange)
    AND (
        %(needed_step_pp)s::numrange IS NULL
        OR rowed.needed_step_pp <@ %(needed_step_pp)s::numrange
    )
    AND (%(reached_in)s::int4range IS NULL OR rowed.reached_in <@ %(reached_in)s::int4range)
    AND (
        %(cumulative_additional_usd_m)s::numrange IS NULL
        OR rowed.cumulative_additional_usd_m <@ %(cumulative_additional_usd_m)s::numrange
    )
    AND (
        %(proposal_step_pp)s::numrange IS NULL
        OR rowed.proposal_step_pp <@ %(proposal_step_pp)s::numrange
    )
    AND (
        %(proposal_reached_in)s::int4range IS NULL
        OR rowed.proposal_reached_in <@ %(proposal_reached_in)s::int4range
    )
