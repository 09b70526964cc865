"""Every error, as RFC 9457 has it, and what /v1/problems returns."""

from marshmallow import fields

from .base import Output
from .envelope import item_of, page_of


class ProblemError(Output):
    """What is wrong with one part of the request."""

    location = fields.String(
        data_key="in",
        metadata={"description": "`query`, `path` or `header`.", "example": "query"},
    )
    name = fields.String(metadata={"description": "The parameter's name.", "example": "memebr"})
    code = fields.String(metadata={"description": "A stable code.", "example": "unknown_parameter"})
    detail = fields.String(metadata={"description": "What is wrong, in a sentence."})
    allowed = fields.List(
        fields.String(),
        metadata={"description": "What could stand there, where that is a short list."},
    )
    did_you_mean = fields.String(
        allow_none=True,
        metadata={"description": "The nearest right value, if any is near.", "example": "member"},
    )


class Problem(Output):
    """An error. The fields are those of RFC 9457, and three of our own."""

    type = fields.String(
        metadata={
            "description": "The path of the page that explains this kind of problem.",
            "example": "/v1/problems/unknown_parameter",
        }
    )
    title = fields.String(metadata={"description": "The kind of problem, in a few words."})
    status = fields.Integer(
        metadata={
            "description": "The HTTP status code.",
            "example": 400,
            "minimum": 400,
            "maximum": 599,
        }
    )
    detail = fields.String(metadata={"description": "What went wrong this time."})
    instance = fields.String(metadata={"description": "The path and query that were asked for."})
    code = fields.String(
        metadata={"description": "A stable code for programs.", "example": "unknown_parameter"}
    )
    request_id = fields.String(
        metadata={"description": "The id under which the service logged this request."}
    )
    errors = fields.List(
        fields.Nested(ProblemError),
        metadata={"description": "What is wrong with each parameter; may be empty."},
    )


class ProblemKind(Output):
    """A kind of problem, and what to do about it."""

    code = fields.String(metadata={"description": "Its code.", "example": "unknown_parameter"})
    status = fields.Integer(
        metadata={"description": "The HTTP status it comes with.", "minimum": 400, "maximum": 599}
    )
    title = fields.String(metadata={"description": "Its title."})
    explanation = fields.String(metadata={"description": "When it comes and what to do."})


ProblemKindItem = item_of(ProblemKind)
ProblemKindPage = page_of(ProblemKind)
