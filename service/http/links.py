"""Where an answer leads, in its envelope and in its head."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from service import API_VERSION

from .formats import Archive, File, Format
from .headers import Fields
from .question import Question

Body = Mapping[str, Any]


def links_of(body: Body, question: Question) -> dict[str, str | None]:
    """Return the links of an envelope; `next` is None on the last page of a list."""
    links: dict[str, str | None] = {"self": question.link}
    if "next" in body:
        links["next"] = body["next"] and question.link_to(*body["next"])
    return links


def head_of(body: Body, question: Question, alternates: tuple[Format, ...]) -> Fields:
    """Return the fields that say what an answer is, what it leads to, and what it is of.

    `alternates` are the formats that the same rows can be had in.
    """
    link = ", ".join(
        f'<{linked}>; rel="{relation}"{more}'
        for linked, relation, more in linked_from(body, question, alternates)
    )
    fields = [
        ("Content-Type", question.form.media_type + question.form.parameters),
        ("Link", link),
        ("X-API-Version", API_VERSION),
    ]
    if "release" in body["meta"]:
        fields.append(("X-Data-Release", body["meta"]["release"]))
    return fields


def linked_from(
    body: Body, question: Question, alternates: tuple[Format, ...]
) -> Iterator[tuple[str, str, str]]:
    """Yield where an answer leads: target, relation, and what else there is to say of it."""
    form = question.form
    for relation, linked in body["links"].items():
        if linked is not None:
            yield linked, relation, ""
    # Files have a rule, the path and a suffix: six links would be longer than the rest of the head.
    for other in alternates:
        if other.suffix != form.suffix:
            path = question.path.removesuffix(form.suffix) + other.suffix
            query = question.query("cursor", "limit")
            alternate = quote(path) + (f"?{query}" if query else "")
            yield alternate, "alternate", f'; type="{other.media_type}"'
    meta = body["meta"]
    if isinstance(form, File | Archive) and "release" in meta:
        yield f"/v1/releases/{meta['release']}", "describedby", ""
        yield f"/v1/sources/{meta['source']}", "license", ""
    yield "/openapi.yaml", "describedby", ""
