-- What a search by text finds: the rows that search_document and search_word are to hold.

-- Return a text as it is compared: words of a-z and 0-9 with one space between, and 3.5 as it is.
CREATE OR REPLACE FUNCTION search_folded(given text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
        lower(unaccent(normalize(given, NFKC)) COLLATE "C"),
        '([^a-z0-9.]|\.(?![0-9])|(?<![0-9])\.)+', ' ', 'g'
    ))
$$;

-- One document for each thing, with the columns of the table in their order.
CREATE OR REPLACE VIEW search_document_of_texts AS
WITH member_names AS (
    SELECT
        member.code,
        ARRAY[member.name, member.official_name, member.code, member.alpha2, member.numeric]
        || member.aliases AS names
    FROM member
),

-- Where a note is used. A note on a figure is on its release too.
noted AS (
    SELECT 'members' AS list, member.code AS id, member.name AS title, member.notes FROM member
    UNION ALL
    SELECT 'targets', target.id, target.title, target.notes FROM target
    UNION ALL
    SELECT 'summits', summit.id, summit.name, summit.notes FROM summit
    UNION ALL
    SELECT 'commitments', commitment.id, commitment.made_by, commitment.notes FROM commitment
    UNION ALL
    SELECT 'claims', claim.id, claim.said_by, claim.notes FROM claim
    UNION ALL
    SELECT 'releases', release.id, release.title, release.notes FROM release
    WHERE release.withdrawn_on IS NULL
),

-- A note on several things has no page but the list that holds them.
note_head AS (
    SELECT
        note.id,
        note.text,
        CASE
            WHEN count(*) = 1 THEN 'Note on ' || min(noted.title)
            ELSE 'Note on several ' || min(noted.list)
        END AS title,
        min(noted.list) || CASE WHEN count(*) = 1 THEN '/' || min(noted.id) ELSE '' END AS page
    FROM note
    INNER JOIN noted ON note.id = any(noted.notes)
    GROUP BY note.id
),

said AS (
    SELECT
        'commitment' AS kind, commitment.id, commitment.made_by, commitment.member,
        left(
            to_char(commitment.made_on, 'YYYY-MM-DD'),
            CASE commitment.made_on_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END
        ) AS made_on,
        commitment.summary AS text
    FROM commitment
    UNION ALL
    SELECT
        'claim', claim.id, claim.said_by, claim.member, to_char(claim.said_on, 'YYYY-MM-DD'),
        claim.text
    FROM claim
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
        'indicator', indicator.id, indicator.title, 'indicators/' || indicator.id,
        ARRAY[indicator.id, indicator.title], concat_ws(' ', indicator.title, indicator.id), '',
        indicator.definition
    FROM indicator
    UNION ALL
    SELECT
        'target', target.id, target.title, 'targets/' || target.id,
        ARRAY[target.id, target.title], concat_ws(' ', target.title, target.id),
        coalesce(summit.name, ''),
        target.text
    FROM target
    LEFT JOIN summit ON target.agreed_at = summit.id
    UNION ALL
    SELECT
        'summit', summit.id, summit.name, 'summits/' || summit.id,
        ARRAY[summit.id, summit.name], concat_ws(' ', summit.name, summit.id),
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
        said.kind, said.id, said.made_by || ', ' || said.made_on, said.kind || 's/' || said.id,
        ARRAY[said.id], '',
        concat_ws(' ', said.made_by, said.id, array_to_string(member_names.names, ' ')),
        said.text
    FROM said
    LEFT JOIN member_names ON said.member = member_names.code
    UNION ALL
    SELECT
        'release', release.id, release.title, 'releases/' || release.id,
        ARRAY[release.id, release.title], concat_ws(' ', release.title, release.id), '',
        release.citation
    FROM release
    WHERE release.withdrawn_on IS NULL -- whose id answers 410
    UNION ALL
    SELECT
        'note', note_head.id, note_head.title, note_head.page,
        ARRAY[note_head.id], '', concat_ws(' ', note_head.title, note_head.id), note_head.text
    FROM note_head
),

-- Materialized, or each text would be folded wherever it is named below.
folded AS MATERIALIZED (
    SELECT
        thing.*,
        search_folded(thing.heading) AS folded_heading,
        search_folded(thing.subject) AS folded_subject,
        search_folded(thing.body) AS folded_body
    FROM thing
)

SELECT
    folded.kind,
    folded.id,
    folded.title,
    '/v1/' || folded.page AS url,
    folded.body,
    -- Without spaces, so that `U.K.` and `NorthMacedonia` are names too.
    ARRAY(
        SELECT DISTINCT replace(search_folded(given.name), ' ', '') AS name
        FROM unnest(folded.names) AS given (name)
        ORDER BY name
    ) AS names,
    -- A stop word of English may be a code (IT, NO, BE): it is kept but for running text.
    setweight(to_tsvector('simple', folded.folded_heading), 'A')
    || setweight(to_tsvector('english', folded.folded_heading), 'A')
    || setweight(to_tsvector('simple', folded.folded_subject), 'B')
    || setweight(to_tsvector('english', folded.folded_subject), 'B')
    || setweight(to_tsvector('english', folded.folded_body), 'C') AS words,
    folded.folded_heading AS heading,
    concat_ws(' ', folded.folded_subject, folded.folded_body) AS rest
FROM folded;

-- The words that a mistyped one may have meant: no numbers, lest 2015 be taken for 2014.
CREATE OR REPLACE VIEW search_word_of_texts AS
SELECT known.word, char_length(known.word) AS letters, bool_or(known.is_heading) AS is_heading
FROM (
    SELECT regexp_split_to_table(search_document.heading, ' ') AS word, true AS is_heading
    FROM search_document
    UNION ALL
    SELECT regexp_split_to_table(search_document.rest, ' '), false
    FROM search_document
) AS known
WHERE known.word ~ '^[a-z]{3,60}$'
GROUP BY known.word;

-- Write the rows that changed, and no others: most stay at each load.
CREATE OR REPLACE FUNCTION renew_search() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    documents search_document[] := ARRAY(
        SELECT row(made.*)::search_document FROM search_document_of_texts AS made
    );
BEGIN
    DELETE FROM search_document
    USING (TABLE search_document EXCEPT SELECT made.* FROM unnest(documents) AS made) AS old
    WHERE search_document.kind = old.kind AND search_document.id = old.id;
    INSERT INTO search_document
    SELECT made.* FROM unnest(documents) AS made EXCEPT TABLE search_document;
    DELETE FROM search_word
    USING (TABLE search_word EXCEPT TABLE search_word_of_texts) AS old
    WHERE search_word.word = old.word;
    INSERT INTO search_word
    TABLE search_word_of_texts EXCEPT TABLE search_word;
END $$;
