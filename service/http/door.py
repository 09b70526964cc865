"""Flask's door: its requests as questions, our answers as its responses, its errors as problems."""

import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

import flask
from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from schemas.faults import Fault, nearest, shown
from service.problems import ProblemError

from . import access_log
from .answer import Answer
from .catalogue import CATALOGUE
from .deprecation import with_deprecation
from .formats import Form
from .headers import PREFLIGHT, REQUEST_ID
from .host import base_url
from .negotiation import negotiate
from .problems import answer_error
from .question import Conditions, Question
from .request_id import request_id_of


class Request(flask.Request):
    """A request with the instant that it was read at, and its id."""

    def __init__(self, environ: dict[str, Any], *arguments: Any, **options: Any) -> None:
        # `GET http://host` asks for the root (RFC 9110, 4.2.3).
        environ["PATH_INFO"] = environ.get("PATH_INFO") or "/"
        super().__init__(environ, *arguments, **options)
        self.began = time.monotonic()

    @cached_property
    def id(self) -> str:
        return request_id_of(self.headers.get(REQUEST_ID))

    @property
    def route(self) -> str:
        """Return the path as it is declared, so that there are few of them; `none` without one."""
        return "none" if self.url_rule is None else self.url_rule.rule


def init_app(app: Flask) -> None:
    app.request_class = Request
    app.register_error_handler(Exception, respond_to_error)
    app.after_request(finish)


def current_request() -> Request:
    return cast(Request, flask.request)


def question_of(forms: tuple[Form, ...], arguments: Mapping[str, str]) -> Question:
    """Return what the current request asks. Raises a 406 ProblemError."""
    request = current_request()
    header = request.headers.get
    form, coding = negotiate(forms, header("Accept", ""), header("Accept-Encoding", ""))
    return Question(
        request.path,
        arguments,
        request.query_string,
        form,
        coding,
        base_url(request.scheme, request.environ.get("HTTP_HOST") or request.host),
        request.id,
        request.method == "HEAD",
        Conditions(
            header("If-None-Match"),
            header("If-Modified-Since"),
            header("Range"),
            header("If-Range"),
        ),
    )


def as_response(answer: Answer) -> Response:
    """Return an answer as Flask sends it."""
    body = answer.body if answer.parts is None else answer.parts
    response = Response(body, answer.status)
    response.automatically_set_content_length = False  # the answer says it, where it is known
    response.headers.clear()
    response.headers.extend(answer.fields)
    response.call_on_close(answer.close)
    return response


def respond_to_error(error: Exception) -> Response:
    """Return the problem of an error outside of an endpoint, such as an unknown path."""
    request = current_request()
    if isinstance(error, HTTPException):
        error = problem_of_http(error)
    answer = answer_error(error, request.path, request.query_string, request.id)
    endpoint = current_app.extensions["endpoints"].get(request.endpoint)
    if endpoint is not None:
        answer.fields = with_deprecation(answer.fields, endpoint, request.query_string)
    return as_response(answer)


def problem_of_http(error: HTTPException) -> ProblemError:
    """Return what Flask or Werkzeug refused by itself as a problem."""
    if isinstance(error, NotFound):
        return unknown_path()
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        problem = ProblemError(
            "method_not_allowed",
            f"{current_request().method} is not one of {allowed}, which this path takes.",
        )
        problem.headers["Allow"] = allowed
        return problem
    status = error.code or 500
    fallback = "bad_request" if status < 500 else "internal_error"
    code = next((kind.code for kind in CATALOGUE.values() if kind.status == status), fallback)
    return ProblemError(code, error.description or error.name)


def unknown_path() -> ProblemError:
    """Name the nearest path there is, since a 404 is mostly a slip of the pen."""
    path = current_request().path
    paths = [rule.rule for rule in current_app.url_map.iter_rules() if not rule.arguments]
    detail = f"No page has the path {shown(path)}; /v1 lists what there is."
    fault = Fault("unknown_value", detail, (), nearest(path, paths))
    return ProblemError("not_found", detail, [("path", "path", fault)])


def finish(response: Response) -> Response:
    """Add the request's id, and log and count the answer."""
    request = current_request()
    if request.method == "OPTIONS" and response.status_code < 400:
        answer_preflight(response)
    response.headers.add(REQUEST_ID, request.id)
    release = response.headers.get("X-Data-Release")
    answered = access_log.Answered(
        time.time_ns(),
        time.monotonic() - request.began,
        request.method,
        response.status_code,
        request.id,
        request.route,
        access_log.common_part(request.route, request.path, release),
        False,
    )
    access_log.record([answered])
    return response


def answer_preflight(response: Response) -> None:
    """Turn Flask's own answer to OPTIONS, which knows what the path allows, into a 204."""
    allowed = ", ".join(sorted(response.allow))
    response.status_code = 204
    response.headers.clear()
    response.headers.extend([*PREFLIGHT, ("Allow", allowed)])
