"""data/ is a Frictionless data package, drawn from the files that are there."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from importers.__main__ import DATA, main
from importers.figures import COLUMNS
from importers.package import draw, package_of, tables
from importers.tables import FILES
from importers.withdrawals import Withdrawal, record_of, write_withdrawal


def validate(data: Path) -> list[tuple[str, str]]:
    """Return what `frictionless validate` finds: the resource and the kind of each error."""
    frictionless = Path(sys.executable).with_name("frictionless")
    done = subprocess.run(
        [frictionless, "validate", package_of(data), "--json"], capture_output=True, check=False
    )
    report = json.loads(done.stdout)
    assert report["valid"] == (done.returncode == 0)
    assert report["errors"] == []
    return [(task["name"], error["type"]) for task in report["tasks"] for error in task["errors"]]


def resources(data: Path) -> dict[str, Any]:
    content = json.loads(package_of(data).read_text("utf-8"))
    return {resource["name"]: resource for resource in content["resources"]}


def test_the_committed_package_is_the_one_that_would_be_drawn() -> None:
    assert package_of(DATA).read_text("utf-8") == draw(DATA), "run: make package"


def test_the_committed_package_is_valid() -> None:
    assert validate(DATA) == []


def test_it_describes_every_file_and_every_column() -> None:
    described = {resource["path"] for resource in resources(DATA).values()}
    assert described == {str(path.relative_to(DATA)) for path in DATA.rglob("*.csv")}
    columns = {
        name: tuple(row["name"] for row in said["fields"]) for name, said in tables().items()
    }
    assert columns == {**FILES, "figures": COLUMNS}
    assert all(row["description"] for said in tables().values() for row in said["fields"])


def test_a_new_release_is_one_command(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["package", str(data)]) == 0
    assert capsys.readouterr().out == f"{data}/datapackage.json drawn\n"
    assert "nato-2025-08-28" not in resources(data)
    shutil.copytree(DATA / "releases/nato-2025-08-28", data / "releases/nato-2025-08-28")
    assert main(["package", str(data)]) == 0
    added = resources(data)["nato-2025-08-28"]
    assert added == resources(DATA)["nato-2025-08-28"]
    assert added["path"] == "releases/nato-2025-08-28/figures.csv"
    assert validate(data) == []


def test_a_withdrawn_release_is_left_out(data: Path) -> None:
    record = record_of(data / "releases/nato-2023-07-07")
    write_withdrawal(record, Withdrawal(date(2026, 11, 20), "Wrong."))
    assert main(["package", str(data)]) == 0
    assert "nato-2023-07-07" not in resources(data)
    assert "nato-2024-06-17" in resources(data)


def test_damage_is_found(data: Path) -> None:
    """Each kind of rule bites: a type, a vocabulary, a key, a reference, a checksum."""
    assert main(["package", str(data)]) == 0
    for name, before, after in (
        ("indicators.csv", "constant,2,true", "constant,two,true"),
        ("members.csv", ",europe,2009-04-01", ",asia,2009-04-01"),
        ("notes.csv", "ankara-2026-text,", "alb-delivered,"),
        ("claims.csv", ",USA,,,nato,claim-no-figure", ",USB,,,nato,claim-no-figure"),
        (
            "releases/nato-2023-07-07/figures.csv",
            "ALB,share_gdp_pct,2023,1.75",
            "ALB,share_gdp_pct,2023,1.76",
        ),
    ):
        text = (data / name).read_text("utf-8")
        assert before in text
        (data / name).write_text(text.replace(before, after, 1), "utf-8")
    assert sorted(set(validate(data))) == [
        ("claims", "foreign-key"),
        ("indicators", "type-error"),
        ("members", "constraint-error"),
        ("nato-2023-07-07", "hash-count"),
        ("notes", "primary-key"),
    ]


def test_where_it_cannot_be_written_is_one_line(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package_of(data).unlink(missing_ok=True)
    package_of(data).mkdir()
    assert main(["package", str(data)]) == 1
    assert (
        capsys.readouterr().err == f"{data}/datapackage.json: cannot be written: Is a directory\n"
    )


def test_a_folder_that_lacks_its_figures_or_its_source_is_refused(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = data / "releases" / "nato-2023-07-07"
    (folder / "figures.csv").unlink()
    assert main(["package", str(data)]) == 1
    assert capsys.readouterr().err == f"{folder}/figures.csv: is not there\n"
    (folder / "figures.csv").touch()
    sources = data / "sources.csv"
    sources.write_text(sources.read_text().replace("nato,", "otan,", 1))
    assert main(["package", str(data)]) == 1
    text = "release.yaml: source: nato: is no source of sources.csv"
    assert capsys.readouterr().err == f"{folder}/{text}\n"
