"""Accept: which formats a client takes."""

from flask import request

from .problems import ProblemError


def require(media_type: str) -> None:
    """Refuse a client that does not take this format. No header, or `*/*`, takes anything.

    Raises a 406 ProblemError.
    """
    if not request.accept_mimetypes or request.accept_mimetypes.quality(media_type) > 0:
        return
    raise ProblemError(
        "not_acceptable",
        f"This path answers with {media_type}, which the Accept header leaves out.",
    )
