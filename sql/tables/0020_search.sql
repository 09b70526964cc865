-- What can be found by text, one document a thing, and the words that occur in them.
-- Materialized views: filled here, refreshed by loading in the transaction that changes the data.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- English with accents folded, for the snippets: what it reads is the text as it was written.
CREATE TEXT SEARCH CONFIGURATION search_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION search_english
ALTER MAPPING FOR word, hword, hword_part, asciiword, asciihword, hword_asciipart
WITH unaccent, english_stem;

-- A text as it is compared: words of a-z and 0-9 with one space between them, and 3.5 as it is.
-- The path is fixed because refreshing a view and restoring a dump run with an empty one.
CREATE FUNCTION search_folded(given text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
    SELECT btrim(
        regexp_replace(
            lower(unaccent(normalize(given, NFKC)) COLLATE "C"),
            '([^a-z0-9.]|\.(?![0-9])|(?<![0-9])\.)+',
            ' ',
            'g'
        )
    )
$$;

CREATE MATERIALIZED VIEW search_document AS
WITH member_names AS (
    SELECT
        member.code,
        ARRAY[member.name, member.official_name, member.code, member.alpha2, member.numeric]
        || member.aliases AS names
    FROM member
),

-- Where a note stands. What stands on a figure stands on its release too.
note_place AS (
    SELECT note.id, 'members' AS list, member.code AS thing, member.name AS title
    FROM note INNER JOIN member ON note.id = any(member.notes)
    UNION ALL
    SELECT note.id, 'targets', target.id, target.title
    FROM note INNER JOIN target ON note.id = any(target.notes)
    UNION ALL
    SELECT note.id, 'summits', summit.id, summit.name
    FROM note INNER JOIN summit ON note.id = any(summit.notes)
    UNION ALL
    SELECT note.id, 'commitments', commitment.id, commitment.made_by
    FROM note INNER JOIN commitment ON note.id = any(commitment.notes)
    UNION ALL
    SELECT note.id, 'claims', claim.id, claim.said_by
    FROM note INNER JOIN claim ON note.id = any(claim.notes)
    UNION ALL
    SELECT note.id, 'releases', release.id, release.title
    FROM note INNER JOIN release ON note.id = any(release.notes)
    WHERE release.withdrawn_on IS NULL
),

note_head AS (
    SELECT
        note_place.id,
        CASE
            WHEN count(*) = 1 THEN 'Note on ' || min(note_place.title)
            ELSE 'Note on several ' || min(note_place.list)
        END AS title,
        -- On several things it has no page but the list that holds them.
        CASE
            WHEN count(*) = 1 THEN min(note_place.list) || '/' || min(note_place.thing)
            ELSE min(note_place.list)
        END AS page
    FROM note_place
    GROUP BY note_place.id
),

-- `names`: what it is called, whole. `heading`, `subject` and `body`: the words, by their weight.
thing AS (
    SELECT
        'member' AS kind,
        member.code AS id,
        member.name AS title,
        'members/' || member.code AS page,
        member_names.names,
        array_to_string(member_names.names, ' ') AS heading,
        '' AS subject,
        array_to_string(member_names.names[2:], '; ') AS body
    FROM member
    INNER JOIN member_names ON member.code = member_names.code
    UNION ALL
    SELECT
        'indicator',
        indicator.id,
        indicator.title,
        'indicators/' || indicator.id,
        ARRAY[indicator.id, indicator.title],
        concat_ws(' ', indicator.title, indicator.id),
        '',
        indicator.definition
    FROM indicator
    UNION ALL
    SELECT
        'target',
        target.id,
        target.title,
        'targets/' || target.id,
        ARRAY[target.id, target.title],
        concat_ws(' ', target.title, target.id),
        coalesce(summit.name, ''),
        target.text
    FROM target
    LEFT JOIN summit ON target.agreed_at = summit.id
    UNION ALL
    SELECT
        'summit',
        summit.id,
        summit.name,
        'summits/' || summit.id,
        ARRAY[summit.id, summit.name],
        concat_ws(' ', summit.name, summit.id),
        summit.place,
        concat_ws(
            '. ',
            summit.document_title,
            (
                SELECT string_agg(fact.value ->> 'text', ' ' ORDER BY fact.place)
                FROM jsonb_array_elements(summit.facts) WITH ORDINALITY AS fact (value, place)
            )
        )
    FROM summit
    UNION ALL
    SELECT
        'commitment',
        commitment.id,
        commitment.made_by || ', ' || left(
            to_char(commitment.made_on, 'YYYY-MM-DD'),
            CASE commitment.made_on_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END
        ),
        'commitments/' || commitment.id,
        ARRAY[commitment.id],
        '',
        concat_ws(' ', commitment.made_by, commitment.id, array_to_string(member_names.names, ' ')),
        commitment.summary
    FROM commitment
    LEFT JOIN member_names ON commitment.member = member_names.code
    UNION ALL
    SELECT
        'claim',
        claim.id,
        claim.said_by || ', ' || to_char(claim.said_on, 'YYYY-MM-DD'),
        'claims/' || claim.id,
        ARRAY[claim.id],
        '',
        concat_ws(' ', claim.said_by, claim.id, array_to_string(member_names.names, ' ')),
        claim.text
    FROM claim
    LEFT JOIN member_names ON claim.member = member_names.code
    UNION ALL
    SELECT
        'release',
        release.id,
        release.title,
        'releases/' || release.id,
        ARRAY[release.id, release.title],
        concat_ws(' ', release.title, release.id),
        '',
        release.citation
    FROM release
    WHERE release.withdrawn_on IS NULL -- whose id answers 410
    UNION ALL
    SELECT
        'note',
        note.id,
        note_head.title,
        note_head.page,
        ARRAY[note.id],
        '',
        concat_ws(' ', note_head.title, note.id),
        note.text
    FROM note
    INNER JOIN note_head ON note.id = note_head.id
),

-- Materialized, or each text would be folded wherever it is named below.
folded AS MATERIALIZED (
    SELECT
        thing.kind,
        thing.id,
        search_folded(thing.heading) AS heading,
        search_folded(thing.subject) AS subject,
        search_folded(thing.body) AS body
    FROM thing
)

SELECT
    thing.kind,
    thing.id,
    thing.title,
    '/v1/' || thing.page AS url,
    thing.body,
    -- Without spaces, so that `U.K.` and `NorthMacedonia` are names too.
    ARRAY(
        SELECT DISTINCT replace(search_folded(given.name), ' ', '')
        FROM unnest(thing.names) AS given (name)
    ) AS names,
    -- A stop word of English may be a code (IT, NO, BE): it is kept but for running text.
    setweight(to_tsvector('simple', folded.heading), 'A')
    || setweight(to_tsvector('english', folded.heading), 'A')
    || setweight(to_tsvector('simple', folded.subject), 'B')
    || setweight(to_tsvector('english', folded.subject), 'B')
    || setweight(to_tsvector('english', folded.body), 'C') AS words,
    folded.heading,
    concat_ws(' ', folded.subject, folded.body) AS rest
FROM thing
INNER JOIN folded ON thing.kind = folded.kind AND thing.id = folded.id;

CREATE UNIQUE INDEX search_document_key ON search_document (kind, id);
CREATE INDEX search_document_by_word ON search_document USING gin (words);

-- The words that a mistyped one may have meant: no numbers, lest 2015 be taken for 2014.
CREATE MATERIALIZED VIEW search_word AS
SELECT
    known.word,
    char_length(known.word) AS letters,
    bool_or(known.is_heading) AS is_heading
FROM (
    SELECT regexp_split_to_table(search_document.heading, ' ') AS word, true AS is_heading
    FROM search_document
    UNION ALL
    SELECT regexp_split_to_table(search_document.rest, ' '), false
    FROM search_document
) AS known
WHERE known.word ~ '^[a-z]{3,60}$'
GROUP BY known.word;

CREATE UNIQUE INDEX search_word_key ON search_word (word);
CREATE INDEX search_word_by_length ON search_word (letters);
