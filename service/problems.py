"""The exception for a problem response, and its constructors. Knows nothing of Flask."""

from collections.abc import Iterable

from schemas.faults import Fault, shown


class ProblemError(Exception):
    """A problem to answer with. Raise it anywhere below a view.

    The code is one of the catalogue's; errors are (place, parameter, fault).
    """

    def __init__(
        self, code: str, detail: str, errors: Iterable[tuple[str, str, Fault]] = ()
    ) -> None:
        super().__init__(detail)
        self.code, self.detail, self.errors = code, detail, tuple(errors)
        self.headers: dict[str, str] = {}


def wrong_parameters(faults: Iterable[tuple[str, str, Fault]]) -> ProblemError:
    """Return the 400 that names every parameter that is wrong, and how."""
    errors = tuple(faults)
    codes = {fault.code for _, _, fault in errors}
    code = codes.pop() if len(codes) == 1 else "bad_request"
    names: dict[str, list[str]] = {}
    for _, name, fault in errors:
        names.setdefault(fault.detail, []).append(name)
    details = (f"{', '.join(found)}: {detail}" for detail, found in names.items())
    return ProblemError(code, " ".join(details), errors)


def unknown_in_path(name: str, given: str, did_you_mean: str | None, where: str) -> ProblemError:
    """Return the 404 for a path whose last part names nothing."""
    detail = f"{shown(given)} is not a known {name}; {where} lists them."
    fault = Fault("unknown_value", detail, did_you_mean=did_you_mean)
    return ProblemError("not_found", detail, [("path", name, fault)])


def gone(place: str, name: str, said: str) -> ProblemError:
    """Return the 410 for what names a withdrawn release."""
    return ProblemError("gone", said, [(place, name, Fault("gone", said))])


def invalid_cursor() -> ProblemError:
    """Return the 400 for a cursor that the query did not give out."""
    fault = Fault(
        "invalid_cursor",
        "The cursor does not belong to this query. Follow links.next as it stands, or leave the "
        "cursor out to start again.",
    )
    return wrong_parameters([("query", "cursor", fault)])
