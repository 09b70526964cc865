"""Counts what a request runs of the project's own code, for whoever has to follow it."""
