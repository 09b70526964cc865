"""One file for each subject of the API, in the reading order of the contract."""

from . import (
    aggregates,
    assessments,
    availability,
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
    revision_summaries,
    revisions,
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
        revisions,
        revision_summaries,
        availability,
        sources,
        indicators,
        codelists,
        problems,
        health,
    )
)
