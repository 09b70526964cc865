-- A release may be withdrawn: its row stays, with the day and the reason, and its figures go.
ALTER TABLE release
ADD COLUMN withdrawn_on date,
ADD COLUMN withdrawn_reason text,
ADD CONSTRAINT withdrawn_with_a_reason
CHECK ((withdrawn_on IS NULL) = (withdrawn_reason IS NULL)),
ADD CONSTRAINT withdrawn_without_figures CHECK (withdrawn_on IS NULL OR figure_count = 0);
