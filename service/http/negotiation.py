"""Accept and Accept-Encoding: which form and which coding of an answer a client takes."""

from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from service.problems import ProblemError

from .encoding import Coding, choose_coding, is_text
from .formats import Form


@lru_cache(1000)
def negotiate(
    forms: tuple[Form, ...], accept: str, accept_encoding: str
) -> tuple[Form, Coding | None]:
    """Return the form and the content coding that the client likes best.

    No Accept, or `*/*`, takes anything; of equally welcome forms the first is taken. A path that
    ends in a form's suffix has only that. Raises a 406 ProblemError for a client that takes none.
    """
    form = forms[0] if forms[0].suffix else choose_form(forms, accept)
    return form, choose_coding(accept_encoding) if is_text(form.media_type) else None


def choose_form(forms: tuple[Form, ...], accept: str) -> Form:
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
