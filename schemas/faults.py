"""What is wrong with one parameter, said so that a person can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from marshmallow import ValidationError

# A longer list of allowed values helps nobody; the detail says where the whole of it is served.
MOST_ALLOWED = 60


@dataclass(frozen=True)
class Fault:
    """One entry of a problem's `errors`, but for the place and the parameter's name."""

    code: str
    detail: str
    allowed: tuple[str, ...] = ()
    did_you_mean: str | None = None


def refusal(
    code: str, detail: str, allowed: Iterable[str] = (), did_you_mean: str | None = None
) -> ValidationError:
    """Return the error for a field to raise."""
    return ValidationError([Fault(code, detail, tuple(allowed)[:MOST_ALLOWED], did_you_mean)])


def nearest(given: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant, or None when nothing is close."""
    by_lower = {name.casefold(): name for name in names}
    found = get_close_matches(given.casefold()[:100], by_lower, n=1, cutoff=0.7)
    return by_lower[found[0]] if found else None


def shown(given: object) -> str:
    """Return what a client sent, quoted and short enough to repeat in a message."""
    text = str(given)
    return repr(text if len(text) <= 60 else text[:57] + "...")
