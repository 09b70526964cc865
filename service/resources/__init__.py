"""One file for each subject of the API, in the reading order of the contract."""

from . import (
    claims,
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
        members,
        targets,
        commitments,
        claims,
        summits,
        releases,
        sources,
        indicators,
        codelists,
        problems,
        health,
    )
)
