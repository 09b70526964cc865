"""Accept: which formats a client takes."""

from collections.abc import Callable
from typing import Any, TypeVar

from werkzeug.datastructures import MIMEAccept

from .problems import ProblemError

T = TypeVar("T", bound=Callable[..., Any])


def offering(*media_types: str) -> Callable[[T], T]:
    """Mark a view with what Accept may choose from; with nothing where the path alone decides."""

    def mark(view: T) -> T:
        view.__dict__["media_types"] = media_types
        return view

    return mark


def choose(accepted: MIMEAccept, *media_types: str) -> str:
    """Return the media type that the client likes best, of equals the first.

    No header, or `*/*`, takes anything. Raises a 406 ProblemError for a client that takes none.
    """
    best = max(media_types, key=lambda media_type: quality(accepted, media_type))
    if quality(accepted, best) > 0:
        return best
    raise ProblemError(
        "not_acceptable",
        f"This path answers with {' or '.join(media_types)}, which the Accept header leaves out.",
    )


def quality(accepted: MIMEAccept, media_type: str) -> float:
    """Return how welcome a media type is, by the entry that names it most closely.

    Parameters such as `charset=utf-8` are passed over: we have one form of each.
    """
    if not accepted:
        return 1
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    welcome: dict[str, float] = {}
    for entry, quality in accepted:
        name = entry.partition(";")[0].strip().lower()
        welcome[name] = max(quality, welcome.get(name, 0))
    return next((welcome[name] for name in ranges if name in welcome), 0)
