"""Accept: which formats a client takes."""

from flask import request

from .problems import ProblemError


def choose(*media_types: str) -> str:
    """Return the media type that the client likes best, of equals the first.

    No header, or `*/*`, takes anything. Raises a 406 ProblemError for a client that takes none.
    """
    best = max(media_types, key=quality)
    if quality(best) > 0:
        return best
    raise ProblemError(
        "not_acceptable",
        f"This path answers with {' or '.join(media_types)}, which the Accept header leaves out.",
    )


def quality(media_type: str) -> float:
    """Return how welcome a media type is, by the entry that names it most closely.

    Parameters such as `charset=utf-8` are passed over: we have one form of each.
    """
    if not request.accept_mimetypes:
        return 1
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    accepted: dict[str, float] = {}
    for entry, welcome in request.accept_mimetypes:
        name = entry.partition(";")[0].strip().lower()
        accepted[name] = max(welcome, accepted.get(name, 0))
    return next((accepted[name] for name in ranges if name in accepted), 0)
