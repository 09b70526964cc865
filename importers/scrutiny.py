"""What makes us refuse a release that is new, beyond what every release must hold to."""

from collections.abc import Iterable, Iterator

from importers.cells import Checked
from importers.changes import Change
from importers.derived import check_derived
from importers.jumps import check_jumps
from importers.sums import excused_blanks, is_excused


def check_import(checked: Checked, changed: Iterable[Change]) -> list[str]:
    """Return what is wrong with a release that is new: a blank, a formula, or a jump.

    These compare a file with itself and with the releases before; what is in data/ has passed.
    """
    return [*check_blanks(checked), *check_derived(checked), *check_jumps(checked, changed)]


def check_blanks(checked: Checked) -> Iterator[str]:
    """Refuse a blank that no exception knows: it may as well have been lost on the way."""
    for figure in checked.figures.values():
        if figure.missing_reason != "not_reported" or is_excused(checked, "blanks", figure):
            continue
        if figure.area not in excused_blanks(checked, figure):
            text = "is blank: an exception for blanks must say that it was published so"
            yield checked.wrong(figure, figure.value, text)
