"""/v1/targets/{target}/assessments: who met a target, as known at a date."""

from typing import Any

from flask import Blueprint

from schemas.assessments import AssessmentListQuery, AssessmentPage
from schemas.faults import Fault
from service.http import answers
from service.http.routing import endpoint
from service.problems import ProblemError
from service.rules.comparing import as_compared
from service.rules.releases import choose_release
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

blueprint = Blueprint("assessments", __name__)

# The published part of what nobody publishes whole.
PUBLISHED_PART = {"total_share_gdp_pct": "share_gdp_pct"}


@endpoint(
    blueprint,
    "/v1/targets/<target>/assessments",
    accepts=AssessmentListQuery,
    returns=AssessmentPage,
    example="year=2024&met=not_met",
)
def list_assessments(snapshot: Snapshot, query: dict[str, Any], target: str) -> Any:
    """List the assessments of a target: who met it, and what is missing.

    One row for each member and year of one release, with the gap in points and in money.
    `meta.met_count` answers how many allies spent 2 % of GDP in 2024, as known today
    (`year=2024`), on a day (`as_of=2024-07-01`), or as a headline would have it (`rounding=1`);
    `meta.rule` says what was compared. A target that is a yearly rise, and no level, has none: 404.
    """
    release, found = choose_release(snapshot, query), assessable(snapshot, target)
    asked = query | {"target": found["id"]}
    page = answers.page(
        snapshot, "assessments/list", AssessmentListQuery, asked, release, "assessments/counts"
    )
    page["meta"]["rule"] = rule(snapshot, found, query["rounding"])
    return page


def assessable(snapshot: Snapshot, given: str) -> Row:
    """Return the target of a path. Raises a 404 ProblemError, for a yearly rise too."""
    target = answers.named_row(snapshot, "target", "targets", given)
    if target["unit"] == "pp_per_year":
        detail = (
            f"{given} has no assessments: it is a rise from year to year, and no level that a "
            "year's figure reaches or misses."
        )
        raise ProblemError(
            "not_found", detail, [("path", "target", Fault("unknown_value", detail))]
        )
    return target


def rule(snapshot: Snapshot, target: Row, rounding: int | None) -> str:
    """Say in words what was compared with what."""
    indicator = snapshot.fetch_one("indicators/list", {"id": target["indicator"]})
    assert indicator is not None
    if indicator["is_published"]:
        return f"{comparison(target, target['indicator'], rounding)} {NEAR}"
    part = PUBLISHED_PART.get(target["indicator"])
    nobody = f"Nobody publishes {target['indicator']}"
    if part is None:
        return f"{nobody}: whether the target is met is unknown."
    return f"{nobody}. {comparison(target, part, rounding)} Else it is unknown. {NEAR}"


NEAR = (
    "within_rounding is true where half a unit of the last digit that the release gives, either "
    "side of the published value, would turn that."
)


def comparison(target: Row, indicator: str, rounding: int | None) -> str:
    line = f"{target['comparison']} {target['value']:g}"
    return f"A target is met where {indicator}, {as_compared(rounding)}, is {line}."
