-- Where a series is held, over all releases: PostgreSQL 15 read the whole table for it.
CREATE INDEX availability_by_area ON availability (area, indicator, release);
