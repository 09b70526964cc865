-- The newest full release of NATO, and how much is held.
SELECT
    newest_full_release('nato') AS data_release,
    (SELECT count(*) FROM member) AS members,
    (SELECT count(*) FROM release) AS releases,
    (SELECT coalesce(sum(release.figure_count), 0) FROM release) AS figures,
    (SELECT count(*) FROM target) AS targets,
    (SELECT count(*) FROM summit) AS summits,
    (SELECT count(*) FROM commitment) AS commitments,
    (SELECT count(*) FROM claim) AS claims
