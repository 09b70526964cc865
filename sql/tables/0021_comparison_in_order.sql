-- What changed, in the order that it is listed in, by the bytes of the text: a page is read where it
-- stands, however many rows there are before it and after.
CREATE INDEX comparison_in_order ON comparison (
    source,
    area COLLATE "C",
    indicator COLLATE "C",
    year,
    to_release COLLATE "C"
)
WHERE kind <> 'unchanged';
