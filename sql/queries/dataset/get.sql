-- The revision of everything that is served, and when it last changed. No row: nothing is loaded.
SELECT
    dataset.revision::text AS revision,
    dataset.changed_at
FROM dataset
