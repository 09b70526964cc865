-- Bring stored copies up to the functions and views of the files before.
UPDATE observation SET json = '' WHERE observation.json <> observation_json(observation);

UPDATE spending_year SET json = '' WHERE spending_year.json <> spending_year_json(spending_year);

DELETE FROM comparison
WHERE
    EXISTS (TABLE comparison EXCEPT TABLE comparison_of_figures)
    OR EXISTS (TABLE comparison_of_figures EXCEPT TABLE comparison);

INSERT INTO comparison
SELECT made.* FROM comparison_of_figures AS made
WHERE NOT EXISTS (SELECT FROM comparison);

DELETE FROM availability
WHERE
    EXISTS (TABLE availability EXCEPT TABLE availability_of_figures)
    OR EXISTS (TABLE availability_of_figures EXCEPT TABLE availability);

INSERT INTO availability
SELECT made.* FROM availability_of_figures AS made
WHERE NOT EXISTS (SELECT FROM availability);

SELECT renew_search();
