-- The meetings.
SELECT
    summit.id,
    summit.kind,
    summit.name,
    summit.place,
    summit.starts_on,
    summit.ends_on,
    summit.document_title,
    summit.document_url,
    summit.facts,
    notes_of(summit.notes) AS notes,
    summit.sources
FROM summit
