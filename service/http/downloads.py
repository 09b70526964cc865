"""What a release can be had as: every format that its tables have a route for, and its files."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask import current_app

from .endpoint import endpoints_of
from .formats import JSON, File

# The tables that hold what a release says; all others are computed from them.
TABLES = ("/v1/spending-years", "/v1/observations")

JSON_LD = "application/ld+json"


class Download(NamedTuple):
    """A form of a release: the path with its query, the media type, and whether all is in it."""

    path: str
    media_type: str
    title: str
    is_whole: bool


def downloads(release: str) -> Iterator[Download]:
    """Yield what the endpoints give of a release, in their order."""
    for endpoint in endpoints_of(current_app).values():
        form, (table, _, suffix) = endpoint.format, endpoint.path.partition(".")
        if table in TABLES:
            path = f"{endpoint.path}?release={release}"
        elif endpoint.arguments == ["release"] and form is not JSON:
            path = endpoint.path.replace("<release>", release)
        else:
            continue
        words = form.words if isinstance(form, File) else suffix.upper() or "JSON, in pages"
        subject = table.split("/")[2].replace("-", " ").capitalize()
        yield Download(path, form.media_type, f"{subject}: {words}", form is not JSON)


def name_of(dataset: Mapping[str, Any]) -> str:
    """Return a name that no other release has: NATO's titles differ in their years alone."""
    return f"{dataset['title']}, as published on {dataset['published_on']}"


def description_of(dataset: Mapping[str, Any]) -> str:
    """Return what a dataset is, in the 50 to 5000 characters that search engines ask for."""
    part = "; only a part of the release is held" if dataset["coverage"] == "partial" else ""
    return (
        f"{len(dataset['indicators'])} indicators of {len(dataset['members'])} members of NATO "
        f"from {dataset['year_first']} to {dataset['year_last']}, as {dataset['publisher']} "
        f"published them on {dataset['published_on']}{part}. {dataset['definition']}"
    )
