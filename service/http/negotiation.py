"""Accept: which form of an answer a client takes."""

from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from service.problems import ProblemError

from .formats import Form


@lru_cache(1000)
def choose_form(forms: tuple[Form, ...], accept: str) -> Form:
    """Return the form that the client likes best, of equals the first.

    No header, or `*/*`, takes anything, and a path that ends in a form's suffix has only that.
    Raises a 406 ProblemError for a client that takes none.
    """
    if forms[0].suffix:
        return forms[0]
    accepted = parse_accept_header(accept, MIMEAccept)
    best = max(forms, key=lambda form: quality(accepted, form.media_type))
    if quality(accepted, best.media_type) > 0:
        return best
    offered = " or ".join(form.media_type for form in forms)
    raise ProblemError(
        "not_acceptable", f"This path answers with {offered}, which the Accept header leaves out."
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
