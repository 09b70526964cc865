-- What can be found by text, one document a thing, and the words that occur in them.
-- Both were materialized views, which cannot be replaced while they are in use.
DROP MATERIALIZED VIEW IF EXISTS search_word, search_document;

CREATE TABLE search_document (
    kind text NOT NULL,
    id text NOT NULL,
    title text NOT NULL,
    url text NOT NULL,
    body text NOT NULL,
    names text[] NOT NULL, -- what it is called, folded and without spaces
    words tsvector NOT NULL,
    heading text NOT NULL, -- folded, as is the rest
    rest text NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE INDEX search_document_by_word ON search_document USING gin (words);

-- The words that a mistyped one may have meant.
CREATE TABLE search_word (
    word text PRIMARY KEY,
    letters integer NOT NULL,
    is_heading boolean NOT NULL
);

CREATE INDEX search_word_by_length ON search_word (letters);
