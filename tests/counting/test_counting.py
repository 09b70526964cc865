"""What a request runs is counted for each kind of request."""

import pytest

from counting.__main__ import CASES, main


def test_an_empty_database_is_one_line(
    scratch_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", scratch_database)
    with pytest.raises(SystemExit, match="cache hit has the status 503: load the data first"):
        main()


def test_each_case_has_a_row(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LOG_LEVEL", "INFO")
    assert main() == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["case", "files", "functions", "aim", "calls", "aim"]
    assert [row[:18].strip() for row in rows] == [case.name for case in CASES]
    files, functions, _, calls, _ = map(int, rows[0][18:].split())
    assert (files, functions, calls) == (3, 6, 6)
    for row in rows[1:]:
        files, functions, _, calls = map(int, row[18:].split()[:4])
        assert 10 < files < functions < calls
