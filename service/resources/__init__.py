"""One file for each subject of the API, in the reading order of the contract."""

from . import (
    aggregates,
    codelists,
    commitments,
    health,
    index,
    indicators,
    members,
    observations,
    problems,
    releases,
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
        commitments,
        summits,
        releases,
        sources,
        indicators,
        codelists,
        problems,
        health,
    )
)
