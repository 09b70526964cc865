"""The vocabularies that the contract itself fixes, and what /v1/codelists returns."""

from marshmallow import fields

from .base import Output
from .envelope import item_of, page_of

# codelist -> (title, {code: definition}). Lists that may grow are open strings in answers.
CODELISTS: dict[str, tuple[str, dict[str, str]]] = {
    "aggregate-kinds": (
        "Kinds of aggregate",
        {
            "published": "A total that the publisher itself printed.",
            "computed": "Made here of the figures of a group's members.",
        },
    ),
    "area-kinds": (
        "Kinds of area",
        {
            "member": "A member of the alliance.",
            "aggregate": "A total that the publisher itself printed, of the alliance or the world.",
        },
    ),
    "backings": (
        "How well a commitment is backed",
        {
            "official": "A text of the government or body that made it was read.",
            "several_reports": "Several independent reports agree.",
            "one_report": "One report says so.",
        },
    ),
    "change-kinds": (
        "Kinds of change",
        {
            "contract": "The interface: an operation, a parameter, a field, a code.",
            "data": "What it serves: a release, or the lists that describe.",
        },
    ),
    "claim-topics": (
        "Topics of claims",
        {
            "alliance_total": "What the allies spend together.",
            "burden_sharing": "What one ally spends beside the others.",
            "change": "Whether spending rises or falls.",
            "new_level": "A level that was demanded or proposed.",
            "two_percent": "Who spends 2 % of GDP.",
        },
    ),
    "commitment-kinds": (
        "Kinds of commitment",
        {
            "pledge": "A promise to reach something.",
            "plan": "A government's plan, budget or law.",
            "proposal": "Put forward for others to agree to.",
            "demand": "Asked of others.",
            "reservation": "A refusal or an exception claimed.",
            "statement": "Said without a promise.",
        },
    ),
    "commitment-states": (
        "What became of a commitment",
        {
            "open": "Neither kept nor overtaken so far, or nothing measures it.",
            "superseded": "Replaced by a later one.",
            "fulfilled": "A member's pledge or plan whose due year is over, and whose figure of "
            "that year in NATO's newest full release, an estimate included, reached it.",
            "lapsed": "The same, and the figure did not reach it.",
        },
    ),
    "confidences": (
        "How sure a fact is",
        {
            "high": "Read in the text itself or in several copies that agree.",
            "medium": "Told by a report that quotes the text.",
            "low": "Told by one report, or inferred.",
        },
    ),
    "coverages": (
        "Coverage of a release",
        {
            "full": "Every ally at publication and every year covered has a row.",
            "partial": "Only some members, years or indicators are held.",
        },
    ),
    "date-precisions": (
        "Precision of a date",
        {
            "day": "The day is known.",
            "month": "The month is known; the day is given as the first.",
            "year": "The year is known; the day is given as 1 January.",
        },
    ),
    "groups": (
        "Groups of members, by who belonged on 31 December of a year",
        {
            "nato": "Every ally.",
            "nato-excl-usa": "Every ally but the United States.",
            "nato-europe": "The allies in Europe, Türkiye included.",
            "nato-europe-canada": "The allies in Europe, and Canada: every ally but the United "
            "States, under the name that NATO gives it.",
            "eu-members": "The allies that were members of the European Union, the United Kingdom "
            "through 2019.",
        },
    ),
    "meeting-kinds": (
        "Kinds of meeting",
        {
            "summit": "Heads of state and government.",
            "leaders_meeting": "Heads of state and government, called a leaders' meeting.",
            "ministers_meeting": "Ministers of defence.",
        },
    ),
    "met": (
        "Whether a target is met",
        {
            "met": "The value reached the target.",
            "not_met": "The value did not reach it.",
            "unknown": "There is no value to compare; `missing` says why.",
            "not_applicable": "The member had not joined by that year or has no armed forces; it "
            "is outside every other count.",
        },
    ),
    "missing-reasons": (
        "Why a figure is missing",
        {
            "not_reported": "The publisher left the cell blank.",
            "not_applicable": "There is nothing to measure: Iceland has no armed forces, or the "
            "country did not exist.",
            "not_published": "The publisher does not publish it, or nobody does: the 1.5 % part "
            "of The Hague's 5 %.",
            "not_held": "Published, but not in our copy of that release.",
        },
    ),
    "obtained": (
        "How a release's figures were obtained",
        {
            "workbook": "Read from the publisher's own workbook, cell by cell.",
            "transcription": "Taken from a transcription of the publisher's tables.",
        },
    ),
    "path-steps": (
        "How a path rises",
        {
            "equal": "By equal yearly steps that reach the target in the end year.",
            "given": "By the yearly step that was asked for, up to the target and no further.",
        },
    ),
    "price-bases": (
        "Price bases",
        {
            "current": "Prices and exchange rates of each year.",
            "constant": "Prices and exchange rates of the release's base year.",
        },
    ),
    "quadrants": (
        "Where a member stands by both guidelines of Wales",
        {
            "both": "It met both.",
            "only_spending": "It met 2 % of GDP, and not a fifth on equipment.",
            "only_equipment": "It met a fifth on equipment, and not 2 % of GDP.",
            "neither": "It met neither.",
            "unknown": "A figure is missing; `missing` says why.",
            "not_applicable": "The member had not joined by that year or has no armed forces; it "
            "is outside every other count.",
        },
    ),
    "regions": (
        "Regions of members",
        {"europe": "Europe, Türkiye included.", "north_america": "Canada and the United States."},
    ),
    "revision-kinds": (
        "What became of a figure from one release to the next, by the first that applies",
        {
            "unchanged": "The same number, to the last digit.",
            "currency": "A figure in national currency, given in another currency.",
            "rebase": "Money in constant prices, given in the prices of another year.",
            "precision": "The same once both are rounded half up to the fewer of the two "
            "releases' decimals.",
            "revision": "Another figure.",
        },
    ),
    "search-kinds": (
        "Kinds of thing that a search finds",
        {
            "claim": "A public statement with a number in it.",
            "commitment": "What the alliance or a member promised, proposed, demanded or refused.",
            "indicator": "What is measured.",
            "member": "An ally.",
            "note": "A remark on one of the others, or on a figure of a release.",
            "release": "A publication of a source.",
            "summit": "A meeting of the alliance.",
            "target": "A guideline or pledge of the alliance as one number.",
        },
    ),
    "source-kinds": (
        "Kinds of text a statement is taken from",
        {
            "official": "A government, NATO or another body speaking for itself.",
            "press": "A news report.",
            "secondary": "A text that retells others.",
        },
    ),
    "stages": (
        "Stages of a figure",
        {
            "actual": "Final in this release (SDMX OBS_STATUS A).",
            "estimate": "Marked as an estimate in this release (SDMX OBS_STATUS E): by the year "
            "or, where the publisher does so, figure by figure.",
        },
    ),
    "target-states": (
        "States of a target",
        {
            "proposed": "Put forward, not agreed.",
            "agreed": "Agreed by the alliance and in force.",
            "superseded": "Agreed, and later replaced.",
        },
    ),
    "units": (
        "Units of values",
        {
            "pct_gdp": "Per cent of gross domestic product; 2.36 means 2.36 %.",
            "pct_gni": "Per cent of gross national income.",
            "pct_defence": "Per cent of the defence expenditure.",
            "pct": "Per cent.",
            "pp_gdp": "Percentage points of gross domestic product: added, or of a gap.",
            "pp_per_year": "Percentage points of gross domestic product a year.",
            "usd_m": "Million United States dollars.",
            "lcu_m": "Million units of the national currency.",
            "usd": "United States dollars.",
            "usd_k": "Thousand United States dollars.",
            "usd_bn": "Thousand million United States dollars.",
            "members": "Members of the alliance.",
            "thousands": "Thousand persons.",
            "persons": "Persons.",
            "pieces": "Pieces of equipment.",
        },
    ),
    "verdicts": (
        "Verdicts on a claim",
        {
            "holds": "What is found, rounded to the digits that were said, is what was said.",
            "holds_if_rounded": "So it is only if the figures are rounded to one decimal before "
            "they are compared.",
            "differs": "What is found is something else.",
            "not_checkable": "A figure that it takes is missing, or none was claimed, as in a "
            "demand.",
        },
    ),
}


def codes_of(codelist: str) -> tuple[str, ...]:
    return tuple(CODELISTS[codelist][1])


class CodelistEntry(Output):
    """A code and what it means."""

    code = fields.String(metadata={"description": "The code.", "example": "estimate"})
    definition = fields.String(metadata={"description": "What it means."})


class Codelist(Output):
    """A vocabulary of the contract; codes may be added within version 1."""

    id = fields.String(metadata={"description": "The codelist's id.", "example": "stages"})
    title = fields.String(metadata={"description": "Its title."})
    codes = fields.List(
        fields.Nested(CodelistEntry), metadata={"description": "Its codes, in reading order."}
    )


CodelistItem = item_of(Codelist)
CodelistPage = page_of(Codelist)
