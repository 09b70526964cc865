"""Counts the files, functions and calls of the project that a request runs."""
