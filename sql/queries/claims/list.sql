-- The claims, each checked in the given release of its source and in the one known that day.
-- A null parameter does not filter.
WITH said AS (
    SELECT claim.*
    FROM claim
    WHERE
        (%(id)s::text IS NULL OR claim.id = %(id)s)
        AND (%(topic)s::text[] IS NULL OR claim.topic = any(%(topic)s))
        AND (%(source)s::text IS NULL OR claim.source = %(source)s)
        AND (%(said_on)s::daterange IS NULL OR claim.said_on <@ %(said_on)s::daterange)
        AND (%(year)s::int4range IS NULL OR claim.year <@ %(year)s::int4range)
        AND (
            %(claimed_value)s::numrange IS NULL
            OR claim.claimed_value <@ %(claimed_value)s::numrange
        )
),

asked AS (
    SELECT
        said.*,
        'now' AS moment,
        release.id AS release
    FROM said
    LEFT JOIN release
        ON said.source = release.source AND release.id = any(%(release)s::text[])
    UNION ALL
    SELECT
        said.*,
        'then' AS moment,
        (
            SELECT release.id
            FROM release
            WHERE
                release.source = said.source
                AND release.published_on <= said.said_on
                AND release.withdrawn_on IS NULL
            ORDER BY release.coverage = 'full' DESC, release.published_on DESC
            LIMIT 1
        ) AS release
    FROM said
),

-- One row for each member of the year, with its figure and the one of the year before.
cell AS (
    SELECT
        asked.id,
        asked.moment,
        member.code AS member,
        member.code = asked.member AS is_named,
        figure.value,
        figure.missing_reason,
        member.has_armed_forces
        AND (
            figure.value IS NULL
            OR (asked.check_kind = 'members_not_rising' AND before.value IS NULL)
        ) AS is_missing,
        CASE asked.check_kind
            WHEN 'members_at_least' THEN figure.value >= asked.threshold
            WHEN 'members_at_most' THEN figure.value <= asked.threshold
            WHEN 'members_not_rising' THEN figure.value <= before.value
        END AS is_counted,
        CASE asked.check_kind
            WHEN 'members_at_least' THEN round(figure.value, 1) >= asked.threshold
            WHEN 'members_at_most' THEN round(figure.value, 1) <= asked.threshold
        END AS is_counted_rounded
    FROM asked
    INNER JOIN member ON extract(YEAR FROM member.acceded_on) <= asked.year
    LEFT JOIN observation AS figure
        ON
            asked.release = figure.release
            AND member.code = figure.area
            AND asked.indicator = figure.indicator
            AND asked.year = figure.year
    LEFT JOIN observation AS before
        ON
            asked.release = before.release
            AND member.code = before.area
            AND asked.indicator = before.indicator
            AND asked.year - 1 = before.year
),

tally AS (
    SELECT
        cell.id,
        cell.moment,
        count(*) AS members,
        count(*) FILTER (WHERE cell.is_missing) AS missing,
        max(cell.missing_reason) FILTER (WHERE cell.is_missing) AS reason,
        sum(cell.value) AS total,
        max(cell.value) FILTER (WHERE cell.is_named) AS one,
        max(cell.missing_reason) FILTER (WHERE cell.is_named) AS one_reason,
        count(*) FILTER (WHERE cell.is_counted) AS counted,
        count(*) FILTER (WHERE cell.is_counted_rounded) AS counted_rounded,
        string_agg(cell.member, ', ' ORDER BY cell.member) FILTER (WHERE cell.is_counted) AS named,
        string_agg(
            concat(cell.member, ' ', trim_scale(round(cell.value, 3))), ', ' ORDER BY cell.member
        ) FILTER (WHERE cell.is_counted) AS named_with_value,
        string_agg(
            concat(cell.member, ' ', trim_scale(round(cell.value, 3))), ', ' ORDER BY cell.member
        ) FILTER (WHERE cell.is_counted_rounded AND NOT cell.is_counted) AS named_rounded
    FROM cell
    GROUP BY cell.id, cell.moment
),

-- Thousands of millions are claimed where millions are published.
measured AS (
    SELECT
        asked.*,
        tally.members,
        tally.missing,
        tally.one,
        CASE asked.check_kind
            WHEN 'members_at_most' THEN tally.named_with_value
            ELSE tally.named
        END AS named,
        tally.named_rounded,
        tally.counted_rounded,
        whole.value AS whole,
        asked.check_kind IN ('member_value', 'gap_to_area') AS is_of_one,
        asked.check_kind IN (
            'members_at_least', 'members_at_most', 'members_not_rising'
        ) AS is_count,
        coalesce(
            CASE
                WHEN asked.check_kind IN ('member_value', 'gap_to_area') THEN tally.one_reason
                ELSE tally.reason
            END,
            whole.missing_reason,
            'not covered'
        ) AS reason,
        CASE
            WHEN asked.check_kind = 'member_value'
                THEN tally.one / CASE asked.unit WHEN 'usd_bn' THEN 1000 ELSE 1 END
            WHEN asked.check_kind = 'gap_to_area' THEN tally.one - whole.value
            WHEN tally.missing > 0 THEN NULL
            WHEN asked.check_kind = 'members_sum'
                THEN tally.total / CASE asked.unit WHEN 'usd_bn' THEN 1000 ELSE 1 END
            WHEN asked.check_kind = 'member_share' THEN 100 * tally.one / nullif(tally.total, 0)
            WHEN asked.check_kind = 'member_to_rest'
                THEN 100 * tally.one / nullif(tally.total - tally.one, 0)
            WHEN asked.check_kind = 'share_of_area'
                THEN 100 * tally.total / nullif(whole.value, 0)
            ELSE tally.counted
        END AS found
    FROM asked
    INNER JOIN tally ON asked.id = tally.id AND asked.moment = tally.moment
    LEFT JOIN observation AS whole
        ON
            asked.release = whole.release
            AND asked.area = whole.area
            AND asked.indicator = whole.indicator
            AND asked.year = whole.year
),

judged AS (
    SELECT
        measured.*,
        trim_scale(round(measured.found, coalesce(measured.claimed_digits, 0) + 2)) AS shown,
        CASE
            WHEN measured.found IS NULL OR measured.claimed_value IS NULL THEN 'not_checkable'
            WHEN measured.comparison = '>=' AND measured.found >= measured.claimed_value
                THEN 'holds'
            WHEN
                measured.comparison = '='
                AND round(measured.found, measured.claimed_digits) = measured.claimed_value
                THEN 'holds'
            WHEN
                measured.comparison = '>='
                AND round(measured.found, 1) >= measured.claimed_value
                THEN 'holds_if_rounded'
            WHEN measured.is_count AND measured.counted_rounded = measured.claimed_value
                THEN 'holds_if_rounded'
            ELSE 'differs'
        END AS verdict
    FROM measured
),

worded AS (
    SELECT
        judged.*,
        CASE judged.unit
            WHEN 'usd_bn' THEN ' billion US dollars'
            WHEN 'pct_gdp' THEN ' per cent of GDP'
            WHEN 'pct' THEN ' per cent'
            WHEN 'pp_gdp' THEN ' points of GDP'
            ELSE ''
        END AS unit_words,
        CASE
            WHEN judged.claimed_value IS NULL THEN 'no figure was claimed'
            WHEN judged.found IS NULL THEN 'it cannot be checked'
            WHEN judged.verdict = 'holds' THEN 'it holds'
            WHEN judged.verdict = 'holds_if_rounded'
                THEN 'it holds only if the figures are rounded to one decimal first'
            ELSE 'it differs'
        END AS verdict_words,
        CASE
            WHEN judged.release IS NULL
                THEN concat('no release of ', judged.source, ' published by then is held')
            ELSE concat(
                judged.release, ' has no figure for ',
                CASE
                    WHEN judged.is_of_one AND judged.one IS NULL THEN member.name
                    WHEN judged.missing > 0 AND NOT judged.is_of_one
                        THEN concat(judged.missing, ' of the ', judged.members, ' members')
                    ELSE area.name
                END,
                ' (', judged.reason, ')'
            )
        END AS missing_words,
        CASE judged.check_kind
            WHEN 'member_value' THEN concat(member.name, ' has ')
            WHEN 'gap_to_area'
                THEN concat(
                    member.name, ' has ', trim_scale(round(judged.one, 2)), ', ', area.name, ' ',
                    trim_scale(round(judged.whole, 2)), ': a gap of '
                )
            WHEN 'member_share'
                THEN concat(member.name, ', of the sum of the ', judged.members, ' members, has ')
            WHEN 'member_to_rest'
                THEN concat(
                    member.name, ', measured by the sum of the ', judged.members - 1,
                    ' others, has '
                )
            WHEN 'members_sum' THEN concat('the ', judged.members, ' members together have ')
            WHEN 'share_of_area'
                THEN concat(
                    'the ', judged.members, ' members together have, of ', area.name, ', '
                )
            ELSE ''
        END AS lead_words,
        CASE judged.check_kind
            WHEN 'members_at_least'
                THEN concat(' of ', judged.members, ' members have at least ', judged.threshold)
            WHEN 'members_at_most'
                THEN concat(' of ', judged.members, ' members have at most ', judged.threshold)
            WHEN 'members_not_rising'
                THEN concat(
                    ' of ', judged.members, ' members have no more than in ', judged.year - 1
                )
            ELSE ''
        END AS count_words,
        concat(
            ' (' || judged.named || ')',
            ', and if rounded to one decimal ' || judged.named_rounded || ' too'
        ) AS named_words,
        concat(indicator.title, ', ', judged.year) AS measure_words
    FROM judged
    INNER JOIN indicator ON judged.indicator = indicator.id
    LEFT JOIN member ON judged.member = member.code
    LEFT JOIN area ON judged.area = area.code
)

SELECT
    today.id,
    today.said_by,
    today.said_on,
    today.text,
    today.topic,
    today.claimed_value,
    today.unit,
    today.year,
    today.source,
    today.release,
    today.found AS found_value,
    today.verdict,
    that_day.release AS release_then,
    that_day.found AS found_value_then,
    that_day.verdict AS verdict_then,
    concat(
        today.measure_words, ': ',
        CASE
            WHEN today.found IS NULL THEN today.missing_words
            ELSE concat(
                'in ', today.release, ', ', today.lead_words, today.shown, today.unit_words,
                today.count_words, today.named_words
            )
        END,
        '; claimed: ' || trim_scale(today.claimed_value), '; ', today.verdict_words,
        '. As known on ', today.said_on, ': ',
        CASE
            WHEN that_day.found IS NULL THEN that_day.missing_words
            ELSE concat(
                'in ', that_day.release, ', ', that_day.shown, that_day.unit_words, '; ',
                that_day.verdict_words
            )
        END,
        '.'
    ) AS explanation,
    concat(
        CASE
            WHEN today.check_kind IN ('member_value', 'member_share', 'members_sum', 'member_to_rest')
                THEN concat('/v1/spending-years?year=', today.year)
            WHEN today.check_kind = 'members_at_least'
                THEN concat(
                    '/v1/spending-years?year=', today.year, '&', today.indicator, '_gte=',
                    trim_scale(today.threshold)
                )
            WHEN today.check_kind = 'members_at_most'
                THEN concat(
                    '/v1/spending-years?year=', today.year, '&', today.indicator, '_lte=',
                    trim_scale(today.threshold)
                )
            WHEN today.check_kind = 'members_not_rising'
                THEN concat(
                    '/v1/observations?area_kind=member&indicator=', today.indicator, '&year_gte=',
                    today.year - 1, '&year_lte=', today.year
                )
            WHEN today.check_kind = 'gap_to_area'
                THEN concat(
                    '/v1/observations?area=', today.member, ',', today.area, '&indicator=',
                    today.indicator, '&year=', today.year
                )
            ELSE concat('/v1/observations?indicator=', today.indicator, '&year=', today.year)
        END,
        CASE WHEN today.check_kind = 'member_value' THEN '&member=' || today.member END,
        coalesce('&release=' || today.release, '&source=' || today.source)
    ) AS check_url,
    (
        SELECT coalesce(jsonb_agg(to_jsonb(note) ORDER BY note.id), '[]'::jsonb)
        FROM note
        WHERE note.id = any(today.notes)
    ) AS notes,
    today.sources
FROM worded AS today
INNER JOIN worded AS that_day ON today.id = that_day.id AND that_day.moment = 'then'
WHERE
    today.moment = 'now'
    AND (%(verdict)s::text[] IS NULL OR today.verdict = any(%(verdict)s))
    AND (%(verdict_then)s::text[] IS NULL OR that_day.verdict = any(%(verdict_then)s))
    AND (%(found_value)s::numrange IS NULL OR today.found <@ %(found_value)s::numrange)
    AND (
        %(found_value_then)s::numrange IS NULL
        OR that_day.found <@ %(found_value_then)s::numrange
    )
