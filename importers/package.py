"""data/ as a Frictionless data package: datapackage.json, drawn from the files that are there."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from importers.books import sha256_of
from importers.files import write_whole
from importers.packs import folders
from importers.reference import read_rows
from importers.refusals import RefusedError, problem
from importers.releases import Release, read_release
from importers.withdrawals import has_record

OURS = {
    "name": "Apache-2.0",
    "title": "Apache License 2.0",
    "path": "https://www.apache.org/licenses/LICENSE-2.0",
}


@cache
def tables() -> dict[str, Any]:
    """Return what columns.yaml says of each file."""
    found = yaml.safe_load(Path(__file__).with_name("columns.yaml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def package_of(data: Path) -> Path:
    return data / "datapackage.json"


def draw(data: Path) -> str:
    """Return the text of datapackage.json."""
    return json.dumps(describe(data), indent=2, ensure_ascii=False) + "\n"


def write_package(data: Path) -> None:
    write_whole(package_of(data), draw(data))


def describe(data: Path) -> dict[str, Any]:
    """Return the description. A withdrawn release is left out: its figures are not passed on."""
    sources = read_rows(data / "sources.csv")
    served = [folder for folder in folders(data, None) if not has_record(folder)]
    urls = {row["id"]: row["url"] for row in sources}
    return {
        "profile": "data-package",
        "name": "burdenshare",
        "title": "NATO defence spending and the promises made about it",
        "description": "Figures by release, each as its publisher printed it, and the meetings, "
        "targets, commitments and claims beside them. A release never changes.",
        "licenses": [OURS],
        "sources": [{"title": row["title"], "path": row["url"]} for row in sources],
        "resources": [
            *(reference_file(name) for name in tables() if name != "figures"),
            *(release_file(release, urls) for release in map(read_release, served)),
        ],
    }


def reference_file(name: str) -> dict[str, Any]:
    said = {"name": name_of(name), "path": f"{name}.csv", "title": tables()[name]["title"]}
    return said | table(name)


def release_file(release: Release, urls: dict[str, str]) -> dict[str, Any]:
    """Describe a release's figures, with a checksum, since they never change."""
    if not release.figures.is_file():
        raise RefusedError([problem(release.figures, "", "", "is not there")])
    if release.source not in urls:
        text = "is no source of sources.csv"
        raise RefusedError([problem(release.yaml, "source", release.source, text)])
    return {
        "name": release.id,
        "path": f"releases/{release.id}/figures.csv",
        "title": release.title,
        "description": f"Published on {release.published_on}, constant prices of "
        f"{release.constant_base_year}; release.yaml beside it says more.",
        "bytes": release.figures.stat().st_size,
        "hash": f"sha256:{sha256_of(release.figures)}",
        "licenses": [{"title": release.licence, "path": urls[release.source]}],
        "sources": [{"title": release.citation, "path": release.source_url}],
    } | table("figures")


def table(name: str) -> dict[str, Any]:
    said = tables()[name]
    return {
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": said["fields"],
            "missingValues": [""],
            "primaryKey": said["key"],
            "foreignKeys": [
                {
                    "fields": [column],
                    # What names the file itself is an empty name.
                    "reference": {
                        "resource": "" if file == name else name_of(file),
                        "fields": tables()[file]["key"],
                    },
                }
                for column, file in said["references"].items()
            ],
        },
    }


def name_of(file: str) -> str:
    """Return a file's name as a data package may write it."""
    return file.replace("_", "-")
