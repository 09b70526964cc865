-- What several queries need, each written once.

-- The notes of a row, as a list of objects.
CREATE OR REPLACE FUNCTION notes_of(ids text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF ids = '{}' THEN
        RETURN '[]';
    END IF;
    RETURN (
        SELECT coalesce(jsonb_agg(to_jsonb(note) ORDER BY note.id), '[]')
        FROM note
        WHERE note.id = any(ids)
    );
END $$;

-- The id of a source's newest full release that is served.
CREATE OR REPLACE FUNCTION newest_full_release(of_source text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT release.id
    FROM release
    WHERE
        release.source = of_source AND release.coverage = 'full' AND release.withdrawn_on IS NULL
    ORDER BY release.published_on DESC
    LIMIT 1
$$;
