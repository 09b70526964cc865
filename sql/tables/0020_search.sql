-- What a search by text needs of PostgreSQL; its tables are in 0025_search_tables.sql.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- English with accents folded, for the snippets: what it reads is the text as it was written.
CREATE TEXT SEARCH CONFIGURATION search_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION search_english
ALTER MAPPING FOR word, hword, hword_part, asciiword, asciihword, hword_asciipart
WITH unaccent, english_stem;
