"""Accept: which formats a client takes."""

from flask import request

from .problems import ProblemError


def require(media_type: str) -> None:
    """Refuse a client that does not take this format. No header, or `*/*`, takes anything.

    Raises a 406 ProblemError.
    """
    if not request.accept_mimetypes or quality(media_type) > 0:
        return
    raise ProblemError(
        "not_acceptable",
        f"This path answers with {media_type}, which the Accept header leaves out.",
    )


def quality(media_type: str) -> float:
    """Return how welcome a media type is, by the entry that names it most closely.

    Parameters such as `charset=utf-8` are passed over: we have one form of each.
    """
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    accepted: dict[str, float] = {}
    for entry, welcome in request.accept_mimetypes:
        name = entry.partition(";")[0].strip().lower()
        accepted[name] = max(welcome, accepted.get(name, 0))
    return next((accepted[name] for name in ranges if name in accepted), 0)
