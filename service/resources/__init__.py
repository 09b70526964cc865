"""One file for each subject of the API, in the reading order of the contract."""

from . import (
    aggregates,
    assessments,
    claims,
    codelists,
    commitments,
    health,
    index,
    indicators,
    members,
    observations,
    problems,
    quadrants,
    releases,
    search,
    sources,
    spending_years,
    summits,
    targets,
)

BLUEPRINTS = tuple(
    subject.blueprint
    for subject in (
        index,
        spending_years,
        observations,
        aggregates,
        members,
        targets,
        assessments,
        quadrants,
        commitments,
        claims,
        summits,
        releases,
        sources,
        indicators,
        search,
        codelists,
        problems,
        health,
    )
)
