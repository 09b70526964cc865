"""What release.yaml must say."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from importers.figures import read_figures
from importers.refusals import RefusedError
from importers.releases import read_release

NAME = "nato-2023-07-07"


@pytest.fixture
def folder(data: Path) -> Path:
    return data / "releases" / NAME


def refusal(folder: Path) -> list[str]:
    with pytest.raises(RefusedError) as refused:
        read_figures(read_release(folder))
    return [line.removeprefix(f"{folder}/") for line in refused.value.problems]


def change(folder: Path, **keys: Any) -> None:
    path = folder / "release.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | keys))


def test_the_checksum_does_not_depend_on_how_the_yaml_is_written(folder: Path) -> None:
    before = read_release(folder).content_sha256
    change(folder)
    assert read_release(folder).content_sha256 == before
    change(folder, title="Another")
    assert read_release(folder).content_sha256 != before


def test_a_missing_and_an_unknown_key_are_refused(folder: Path) -> None:
    path = folder / "release.yaml"
    path.write_text(path.read_text().replace("title:", "titel:"))
    assert refusal(folder) == [
        "release.yaml: title: is missing",
        "release.yaml: titel: is unknown",
    ]


def test_a_value_of_a_wrong_kind_is_refused(folder: Path) -> None:
    change(folder, published_on="July 2023", notes=[{"id": f"{NAME}-x"}, "text"])
    assert refusal(folder) == [
        "release.yaml: published_on: July 2023: is of a wrong kind",
        "release.yaml: notes 1: text: is missing",
        "release.yaml: notes 2: is not a list of keys",
    ]


def test_a_meaningless_value_is_refused(folder: Path) -> None:
    note = {"id": "other-x", "text": "text"}
    change(folder, id="nato-2023-07-08", coverage="most", obtained="by mail", notes=[note])
    assert refusal(folder) == [
        f"release.yaml: id: nato-2023-07-08: is not the name of the folder, {NAME}",
        "release.yaml: id: nato-2023-07-08: is not <source>-<published_on>",
        "release.yaml: coverage: most: is not one of full, partial",
        "release.yaml: obtained: by mail: is not one of workbook, transcription",
        "release.yaml: notes: other-x: does not begin with nato-2023-07-08- or is given twice",
    ]


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (None, "release.yaml: cannot be read: No such file or directory"),
        ("id: [", "release.yaml: is not YAML: while parsing"),
        ("- id", "release.yaml: is not a list of keys"),
        ("published_on: 2023-02-30", "release.yaml: is not YAML: day is out of range for month"),
    ],
)
def test_what_is_no_release_yaml_is_refused(folder: Path, content: str | None, start: str) -> None:
    path = folder / "release.yaml"
    path.unlink() if content is None else path.write_text(content)
    (line,) = refusal(folder)
    assert line.startswith(start)


def test_figures_with_other_columns_are_refused(folder: Path) -> None:
    (folder / "figures.csv").write_text("area,value\nDEU,2\n")
    assert refusal(folder) == [
        "figures.csv: row 1: the columns are not "
        "area,indicator,year,value,stage,missing_reason,source_cell,notes",
    ]


def test_figures_with_a_wrong_year_or_stage_are_refused(folder: Path) -> None:
    path = folder / "figures.csv"
    lines = path.read_text().splitlines()
    lines[1:3] = ["ALB,share_gdp_pct,soon,1,estimate,,,", "ALB,real_change_pct,2023,1,guess,,,"]
    lines[3] = f"ALB,share_gdp_pct,{'1' * 4400},1,estimate,,,"
    path.write_text("\n".join(lines))
    assert refusal(folder) == [
        "figures.csv: row 2: soon: is no year",
        "figures.csv: row 3: guess: is no stage",
        f"figures.csv: row 4: {'1' * 999}…: is no year",
    ]
