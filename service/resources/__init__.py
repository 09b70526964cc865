"""One file for each subject of the API, in the reading order of the contract."""

from . import (
    aggregates,
    assessments,
    changelog,
    claims,
    codelists,
    commitments,
    health,
    index,
    indicators,
    members,
    observations,
    paths,
    problems,
    quadrants,
    rankings,
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
        rankings,
        paths,
        commitments,
        claims,
        summits,
        releases,
        changelog,
        sources,
        indicators,
        search,
        codelists,
        problems,
        health,
    )
)
