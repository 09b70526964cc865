"""Every error, as application/problem+json (RFC 9457), on every path."""

import errno
import logging
import string
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, json, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.sansio.response import Response as AnyResponse

from schemas.faults import Fault, nearest, shown
from schemas.problems import Problem
from service.storage.database import DatabaseUnavailableError

from . import metrics
from .catalogue import CATALOGUE
from .probes import PROBES
from .request_id import request_id

MEDIA_TYPE = "application/problem+json"
# In the environment of a request: what was raised where an answer was made without Flask.
RAISED = "burdenshare.raised"
RETRY_AFTER_S = 5

log = logging.getLogger("burdenshare")


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


def init_app(app: Flask) -> None:
    app.before_request(raise_again)
    app.register_error_handler(ProblemError, answer)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(DatabaseUnavailableError, answer_unavailable)
    app.register_error_handler(OSError, answer_os_error)
    app.register_error_handler(Exception, answer_fault)


def raise_again() -> None:
    if RAISED in request.environ:
        raise request.environ.pop(RAISED)  # lest each keep the other


def answer(problem: ProblemError) -> Response:
    response = Response(render(problem), CATALOGUE[problem.code].status, content_type=MEDIA_TYPE)
    response.headers.update(problem.headers)
    return response


def render(problem: ProblemError) -> str:
    kind = CATALOGUE[problem.code]
    return json.dumps(
        Problem().dump(
            {
                "type": f"/v1/problems/{kind.code}",
                "title": kind.title,
                "status": kind.status,
                "detail": problem.detail,
                "instance": asked(),
                "code": kind.code,
                "request_id": request_id(),
                "errors": [as_error(*error) for error in problem.errors],
            }
        ),
        separators=(",", ":"),
    )


def asked() -> str:
    """Return the path and query that were asked for, as a URI reference."""
    query = quote(request.query_string, safe=string.punctuation)
    return quote(request.path) + (f"?{query}" if query else "")


def as_error(place: str, name: str, fault: Fault) -> Mapping[str, Any]:
    return {
        "location": place,
        "name": name[:100],
        "code": fault.code,
        "detail": fault.detail,
        "allowed": fault.allowed,
        "did_you_mean": fault.did_you_mean,
    }


def answer_http_error(error: HTTPException) -> AnyResponse:
    """Answer what Flask or Werkzeug refused by itself, keeping headers such as Allow."""
    problem, response = from_http_error(error), error.get_response()
    response.set_data(render(problem))
    response.content_type = MEDIA_TYPE
    response.status_code = CATALOGUE[problem.code].status
    return response


def code_of(error: HTTPException) -> str:
    status = error.code or 500
    fallback = "bad_request" if status < 500 else "internal_error"
    return next((kind.code for kind in CATALOGUE.values() if kind.status == status), fallback)


def from_http_error(error: HTTPException) -> ProblemError:
    if isinstance(error, NotFound):
        return unknown_path()
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return ProblemError(
            "method_not_allowed",
            f"{request.method} is not one of {allowed}, which this path takes.",
        )
    return ProblemError(code_of(error), error.description or error.name)


def unknown_path() -> ProblemError:
    """Name the nearest path there is, since a 404 is mostly a slip of the pen."""
    paths = [rule.rule for rule in current_app.url_map.iter_rules() if not rule.arguments]
    near = nearest(request.path, paths)
    detail = f"No page has the path {shown(request.path)}; /v1 lists what there is."
    return ProblemError(
        "not_found", detail, [("path", "path", Fault("unknown_value", detail, (), near))]
    )


def answer_unavailable(error: DatabaseUnavailableError) -> Response:
    level = logging.WARNING if error.code == "database_unavailable" else logging.ERROR
    log.log(level, "%s in request %s: %s", error.code.replace("_", " "), request_id(), error)
    if request.path not in PROBES:  # which would find its own report again
        metrics.count_failure(error.code)
    problem = ProblemError(error.code, REASONS[error.code])
    problem.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer(problem)


REASONS = {
    "database_unavailable": "The database did not answer in time.",
    "no_data_loaded": "The service holds no data yet: the operator has to load them.",
    "database_mismatch": "The database lacks a table, a column or a right that this version of "
    "the service needs: the operator has to migrate it, or to restore what was changed.",
    "database_damaged": "The database cannot read some of its own files: the operator has to "
    "repair or restore it.",
}


# A disk, or what a user may take of it.
FULL = (errno.ENOSPC, errno.EDQUOT)


def answer_os_error(error: OSError) -> Response:
    if error.errno not in FULL:
        return answer_fault(error)
    log.warning("storage full in request %s: %s", request_id(), error)
    problem = ProblemError(
        "storage_full", "There is no disk space left to make this file. Lists as JSON need none."
    )
    problem.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer(problem)


def answer_fault(error: Exception) -> Response:
    """Answer a fault of ours: logged once, whole, under the id that the client is given."""
    log.error("fault in request %s", request_id(), exc_info=error)
    return answer(
        ProblemError("internal_error", "The service failed to answer; the fault is logged.")
    )
