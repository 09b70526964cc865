"""What /v1/search accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Output, bounds_of
from .codelists import codes_of
from .envelope import page_of
from .parameters import Choice, Items, Text


class SearchHit(Output):
    """One thing whose text holds what was asked for."""

    kind = fields.String(
        metadata={"description": "A code of `/v1/codelists/search-kinds`.", "example": "member"}
    )
    id = fields.String(metadata={"description": "Its id, of a member the code.", "example": "TUR"})
    title = fields.String(
        metadata={
            "description": "What it is called; of what has no name, who said it and when, or "
            "where it stands.",
            "example": "Türkiye",
        }
    )
    snippet = fields.String(
        metadata={
            "description": "A passage of its text, with `**` around each word found, but for those "
            "that English leaves out (`is`, `no`). It is plain text and no markup: escape it "
            "before it goes into a page.",
            "example": "Republic of Türkiye; TUR; TR; 792; **Turkey**; Republic of **Turkey**",
        }
    )
    url = fields.String(
        metadata={
            "description": "The path of the thing; of a note, the path of what it stands on.",
            "example": "/v1/members/TUR",
        }
    )
    score = fields.Float(
        metadata={
            "description": "How well it fits, above 0 and at most 1: 1 if it is called just what "
            "was asked for, at most 0.9 otherwise. Unit: none.",
            "example": 1.0,
        }
    )


class SearchListQuery(bounds_of(SearchHit), ListQuery):  # type: ignore[misc]
    row, key, order = SearchHit, ("kind", "id"), (("score", True),)

    q = Text(
        200,
        required=True,
        metadata={
            "description": "What to look for: a name, a code or some words, in any case, with or "
            "without accents. Mistyped words are forgiven.",
            "example": "Turkey",
        },
    )
    kind = Items(Choice(codes_of("search-kinds")), metadata={"description": "Only these kinds."})


SearchPage = page_of(SearchHit)
