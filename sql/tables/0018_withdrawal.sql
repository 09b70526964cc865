-- A release may be withdrawn: its row stays, with the day and the reason, and its figures go.
ALTER TABLE release
ADD COLUMN withdrawn_on date,
ADD COLUMN withdrawn_reason text,
ADD COLUMN withdrawn_at timestamptz, -- when this service did so
ADD CONSTRAINT withdrawn_with_a_reason
CHECK (num_nonnulls(withdrawn_on, withdrawn_reason, withdrawn_at) IN (0, 3)),
ADD CONSTRAINT withdrawn_without_figures CHECK (withdrawn_on IS NULL OR figure_count = 0);
