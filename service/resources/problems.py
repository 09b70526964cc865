"""/v1/problems: the error catalogue."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.faults import nearest
from schemas.problems import ProblemKindItem, ProblemKindPage
from service.http import answers
from service.http.catalogue import CATALOGUE
from service.http.routing import constant
from service.problems import unknown_in_path

blueprint = Blueprint("problems", __name__)


@constant(blueprint, "/v1/problems", accepts=NoParameters, returns=ProblemKindPage)
def list_problems() -> Any:
    """List the kinds of problem that any path may answer with.

    Use it to write a client's error handling: `code` is stable, titles and details may be reworded.
    """
    return answers.whole_list([kind._asdict() for kind in CATALOGUE.values()])


@constant(blueprint, "/v1/problems/<problem>", accepts=NoParameters, returns=ProblemKindItem)
def get_problem(problem: str) -> Any:
    """Get one kind of problem: when it comes and what to do.

    A problem's `type` leads here.
    """
    if problem not in CATALOGUE:
        near = nearest(problem, CATALOGUE)
        raise unknown_in_path("problem", problem, near, "/v1/problems")
    return answers.item(CATALOGUE[problem]._asdict())
