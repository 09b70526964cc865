"""Where the figures are kept: PostgreSQL, its migrations and the named queries."""
