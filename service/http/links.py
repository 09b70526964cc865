"""Where an answer leads, in its envelope and in its head."""

from collections.abc import Mapping
from typing import Any

from service.about import API_VERSION

from .formats import Archive, File, Format
from .headers import OF_DATA, Fields
from .question import Question, joined

Body = Mapping[str, Any]


def links_of(body: Body, question: Question) -> dict[str, str | None]:
    """Return the links of an envelope; `next` is None on the last page of a list."""
    links: dict[str, str | None] = {"self": question.link}
    if "next" in body:
        release, key = body["next"]
        links["next"] = None if key is None else question.link_after(release, key)
    return links


def head_of(body: Body, question: Question, alternates: tuple[Format, ...]) -> Fields:
    """Return the fields that say what an answer is, what it leads to, and what it is of.

    `alternates` are the formats that the same rows can be had in.
    """
    form, meta = question.form, body["meta"]
    linked = [f'<{question.link}>; rel="self"']
    if after := body["links"].get("next"):
        linked.append(f'<{after}>; rel="next"')
    # Files have a rule, the path and a suffix: six links would be longer than the rest of the head.
    for other in alternates:
        if other.suffix != form.suffix:
            path = question.path.removesuffix(form.suffix) + other.suffix
            to = joined(path, question.query("cursor", "limit"))
            linked.append(f'<{to}>; rel="alternate"; type="{other.media_type}"')
    if isinstance(form, File | Archive) and "release" in meta:
        linked.append(f'</v1/releases/{meta["release"]}>; rel="describedby"')
        linked.append(f'</v1/sources/{meta["source"]}>; rel="license"')
    linked.append('</openapi.yaml>; rel="describedby"')
    fields = [
        ("Content-Type", form.media_type + form.parameters),
        ("Link", ", ".join(linked)),
        ("X-API-Version", API_VERSION),
        *OF_DATA,
    ]
    if "release" in meta:
        fields.append(("X-Data-Release", meta["release"]))
    return fields
