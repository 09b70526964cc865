"""How the publishers differ, beyond the layout of their files: data, not code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Habits:
    """What a publisher's releases have in common.

    is_staged_by_year: it calls a whole year actual or an estimate, not single figures.
    published: the yearly indicators that it publishes; None stands for all of them.
    coverage: how much of a release data/ holds by the publisher's terms.
    """

    is_staged_by_year: bool = True
    published: tuple[str, ...] | None = None
    coverage: str = "full"


SOURCES = {
    "nato": Habits(),
    # SIPRI has no price index of its own for national currency, and per head current dollars only.
    "sipri": Habits(
        is_staged_by_year=False,
        published=(
            "share_gdp_pct",
            "spending_usd_m_current",
            "spending_usd_m_constant",
            "spending_lcu_m_current",
        ),
        coverage="partial",
    ),
}


def habits_of(source: str) -> Habits:
    return SOURCES.get(source, Habits())
