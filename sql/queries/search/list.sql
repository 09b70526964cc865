-- What the text `q` finds.
-- A word is worth more the more of it is as asked and the nearer to the title it stands; of the
-- documents those stay that have as many of the words as the best one has.
WITH asked AS (
    SELECT search_folded(%(q)s::text) AS text
),

given AS (
    SELECT
        left(split.word, 60) AS word,
        max(split.place) AS place,
        to_tsvector('english', left(split.word, 60)) = ''::tsvector AS is_stop_word
    FROM asked
    CROSS JOIN LATERAL regexp_split_to_table(asked.text, ' ') WITH ORDINALITY AS split (word, place)
    WHERE split.word <> ''
    GROUP BY left(split.word, 60)
),

-- A word that English leaves out counts only where there is no other.
word AS (
    SELECT
        given.word,
        char_length(given.word) AS letters,
        given.place = max(given.place) OVER () AS is_last,
        plainto_tsquery('simple', given.word) || plainto_tsquery('english', given.word) AS query
    FROM given
    WHERE NOT given.is_stop_word OR (SELECT bool_and(every.is_stop_word) FROM given AS every)
),

-- A word that stands in no heading may be a mistyped one of those, so `bulgarian` finds Bulgaria;
-- one that stands nowhere may be any.
doubted AS (
    SELECT
        word.word,
        word.letters,
        CASE WHEN word.letters >= 8 THEN 2 ELSE 1 END AS mistakes,
        seen.anywhere AS is_known,
        ARRAY(
            SELECT
                left(word.word, at.place - 1)
                || substr(word.word, at.place + 1, 1)
                || substr(word.word, at.place, 1)
                || substr(word.word, at.place + 2)
            FROM generate_series(1, word.letters - 1) AS at (place)
        ) AS swapped
    FROM word
    CROSS JOIN LATERAL (
        SELECT
            count(*) > 0 AS anywhere,
            bool_or(ts_filter(document.words, '{a}') @@ word.query) IS TRUE AS in_heading
        FROM search_document AS document
        WHERE document.words @@ word.query
    ) AS seen
    WHERE word.word ~ '^[a-z]{4,}$' AND NOT seen.in_heading
),

term AS (
    SELECT word.word, word.query, 1.0 AS likeness
    FROM word
    UNION ALL
    SELECT word.word, (quote_literal(word.word) || ':*')::tsquery, 0.8
    FROM word
    WHERE word.is_last AND word.letters >= 3
    UNION ALL
    SELECT
        doubted.word,
        plainto_tsquery('simple', known.word) || plainto_tsquery('english', known.word),
        0.5
    FROM doubted
    INNER JOIN search_word AS known
        ON
            known.letters BETWEEN doubted.letters - doubted.mistakes
            AND doubted.letters + doubted.mistakes
            AND (known.is_heading OR NOT doubted.is_known)
            AND (
                known.word = any(doubted.swapped)
                OR levenshtein_less_equal(known.word, doubted.word, doubted.mistakes)
                <= doubted.mistakes
            )
),

found AS (
    SELECT
        document.kind,
        document.id,
        term.word,
        max(
            term.likeness
            * CASE
                WHEN ts_filter(document.words, '{a}') @@ term.query THEN 1.0
                WHEN ts_filter(document.words, '{b}') @@ term.query THEN 0.6
                ELSE 0.3
            END
        ) AS worth
    FROM search_document AS document
    INNER JOIN term ON document.words @@ term.query
    GROUP BY document.kind, document.id, term.word
),

hit AS (
    SELECT
        found.kind,
        found.id,
        count(*) AS words,
        0.9 * sum(found.worth) / (SELECT count(*) FROM word) AS score
    FROM found
    GROUP BY found.kind, found.id
    UNION ALL
    SELECT document.kind, document.id, (SELECT count(*) FROM word), 1.0
    FROM search_document AS document
    INNER JOIN asked ON replace(asked.text, ' ', '') = any(document.names)
),

best AS (
    SELECT
        hit.kind,
        hit.id,
        max(hit.score) AS score,
        max(hit.words) = max(max(hit.words)) OVER () AS is_best
    FROM hit
    WHERE %(kind)s::text[] IS NULL OR hit.kind = any(%(kind)s)
    GROUP BY hit.kind, hit.id
)

SELECT
    document.kind,
    document.id,
    document.title,
    -- A passage from the middle of a text may begin with a sign, which a spreadsheet would compute.
    regexp_replace(
        ts_headline(
            'search_english',
            document.body,
            (SELECT coalesce(string_agg(term.query::text, ' | '), '')::tsquery FROM term),
            'StartSel=**, StopSel=**, MaxWords=35, MinWords=20'
        ),
        '^(?=[-=+@\t\r\n＝＋－＠])',
        '… '
    ) AS snippet,
    document.url,
    round(best.score, 4) AS score
FROM best
INNER JOIN search_document AS document ON best.kind = document.kind AND best.id = document.id
WHERE best.is_best
