"""Every error as application/problem+json (RFC 9457), on every path."""

import errno
import logging
import string
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from schemas.dumping import dumper
from schemas.faults import Fault
from schemas.problems import Problem
from service.problems import ProblemError
from service.storage.errors import DatabaseUnavailableError

from . import metrics
from .answer import Answer
from .catalogue import CATALOGUE
from .formats import as_json
from .headers import OF_DATA
from .probes import PROBES

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5

log = logging.getLogger("burdenshare")


def answer_error(error: Exception, path: str, query_string: bytes, request_id: str) -> Answer:
    """Return the answer to a request that failed.

    What is not the client's doing is logged once, under the id that the client is given.
    """
    problem = problem_of(error, path, request_id)
    kind = CATALOGUE[problem.code]
    said = {
        "type": f"/v1/problems/{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "instance": reference(path, query_string),
        "code": kind.code,
        "request_id": request_id,
        "errors": [as_error(*one) for one in problem.errors],
    }
    body = as_json(dumper(Problem)(said)).rstrip(b"\n")
    own = [
        ("Content-Type", MEDIA_TYPE),
        ("Cache-Control", "no-store"),
        ("Content-Length", str(len(body))),
        *problem.headers.items(),
        *OF_DATA,
    ]
    return Answer(kind.status, own, body)


def reference(path: str, query_string: bytes) -> str:
    """Return what was asked for, letter for letter, as a URI reference."""
    query = quote(query_string, safe=string.punctuation)
    return quote(path) + (f"?{query}" if query else "")


def as_error(place: str, name: str, fault: Fault) -> Mapping[str, Any]:
    return {
        "location": place,
        "name": name[:100],
        "code": fault.code,
        "detail": fault.detail,
        "allowed": fault.allowed,
        "did_you_mean": fault.did_you_mean,
    }


def problem_of(error: Exception, path: str, request_id: str) -> ProblemError:
    """Return what to say of an error, and log it unless the client made it."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, DatabaseUnavailableError):
        level = logging.WARNING if error.code == "database_unavailable" else logging.ERROR
        log.log(level, "%s in request %s: %s", error.code.replace("_", " "), request_id, error)
        if path not in PROBES:  # which would find its own report again
            metrics.count_failure(error.code)
        return later(error.code, REASONS[error.code])
    if isinstance(error, OSError) and error.errno in FULL:
        log.warning("storage full in request %s: %s", request_id, error)
        return later(
            "storage_full",
            "There is no disk space left to make this file. Lists as JSON need none.",
        )
    log.error("fault in request %s", request_id, exc_info=error)
    return ProblemError("internal_error", "The service failed to answer; the fault is logged.")


def later(code: str, detail: str) -> ProblemError:
    problem = ProblemError(code, detail)
    problem.headers["Retry-After"] = str(RETRY_AFTER_S)
    return problem


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
