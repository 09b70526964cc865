"""Members and aggregates by the names that publishers print, former and French ones too."""

import pytest

from importers.nato_tables import area_of
from importers.reference import Reference

FRENCH = {
    "Albanie": "ALB", "Belgique": "BEL", "Bulgarie": "BGR", "Canada": "CAN", "Tchéquie": "CZE",
    "République tchèque": "CZE", "Allemagne": "DEU", "Danemark": "DNK", "Espagne": "ESP",
    "Estonie": "EST", "Finlande": "FIN", "France": "FRA", "Royaume-Uni": "GBR", "Grèce": "GRC",
    "Croatie": "HRV", "Hongrie": "HUN", "Islande": "ISL", "Italie": "ITA", "Lituanie": "LTU",
    "Luxembourg": "LUX", "Lettonie": "LVA", "Macédoine du Nord": "MKD",
    "ex-République yougoslave de Macédoine": "MKD", "Monténégro": "MNE", "Pays-Bas": "NLD",
    "Norvège": "NOR", "Pologne": "POL", "Portugal": "PRT", "Roumanie": "ROU", "Slovaquie": "SVK",
    "République slovaque": "SVK", "Slovénie": "SVN", "Suède": "SWE", "Turquie": "TUR",
    "États-Unis": "USA", "OTAN Europe et Canada": "NATO_EUR_CAN", "Total OTAN": "NATO_TOTAL",
}  # fmt: skip
FORMER = {
    "Turkey": "TUR", "Czech Republic": "CZE", "Slovak Republic": "SVK", "FYROM": "MKD",
    "NATO Total": "NATO_TOTAL", "The Netherlands": "NLD",
}  # fmt: skip


def test_all_members_are_there_in_french(reference: Reference) -> None:
    assert reference.members.keys() <= set(FRENCH.values())


@pytest.mark.parametrize(("name", "code"), (FRENCH | FORMER).items())
def test_a_name_is_understood(reference: Reference, name: str, code: str) -> None:
    assert area_of(reference, name) == code
    assert area_of(reference, f"  {name.upper()} *  (Euros)".strip()) == code
    assert area_of(reference, f"{name}xyz") is None
