"""What a refusal shows of a file that may hold anything."""

from importers.refusals import LONGEST, problem


def test_it_is_one_line_that_commands_no_terminal() -> None:
    line = problem("x.csv", "row 2", "red \x1b[31m\n\x07 or \udce9 or Türkiye", "is no member")
    assert line == "x.csv: row 2: red \ufffd[31m \ufffd or \ufffd or Türkiye: is no member"


def test_a_value_of_any_length_is_cut() -> None:
    line = problem("x.csv", "row 2", "9" * 1_000_000, "is no year")
    assert line == f"x.csv: row 2: {'9' * (LONGEST - 1)}…: is no year"
