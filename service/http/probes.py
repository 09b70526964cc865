"""The paths that whoever watches over the service asks: never limited, and never from a cache."""

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
