"""The observations as statistical offices exchange data: SDMX-CSV 2.0 and its SDMX-ML structure."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from schemas.codelists import CODELISTS
from schemas.observations import Observation

from .files import cell, line, parts
from .formats import File, Format, Table
from .question import Question

AGENCY = "BURDENSHARE"
# Of two parts, and so free to grow with the data: one of three names what never changes.
VERSION = "1.0"
FLOW, STRUCTURE, CONCEPTS = "OBSERVATIONS", "DSD_OBSERVATIONS", "CS_OBSERVATIONS"

OBSERVATION_STATUSES = {
    "A": "Normal value",
    "E": "Estimated value",
    "L": "Missing value; data exist but were not collected",
    "M": "Missing value; data cannot exist",
    "O": "Missing value",
}
OF_STAGE = {"actual": "A", "estimate": "E"}
OF_REASON = {"not_reported": "O", "not_applicable": "M", "not_published": "O", "not_held": "L"}


class Component(NamedTuple):
    """A column: its id, the row's field it is of, and the codelist of its codes, if any.

    An attribute is `of` dimensions, or of the observation where it names none.
    """

    id: str
    name: str
    field: str = ""
    codelist: str = ""
    of: tuple[str, ...] = ()
    is_required: bool = True


DIMENSIONS = (
    Component("FREQ", "Frequency", codelist="CL_FREQ"),
    Component("REF_AREA", "Area", "area", "CL_AREA"),
    Component("INDICATOR", "Indicator", "indicator", "CL_INDICATOR"),
    Component("RELEASE", "Release", "release", "CL_RELEASE"),
)
TIME = Component("TIME_PERIOD", "Year", "year")
MEASURE = Component("OBS_VALUE", "Value", "value")
ATTRIBUTES = (
    Component("AREA_KIND", "Kind of area", "area_kind", "CL_AREA_KIND", ("REF_AREA",)),
    Component("UNIT_MEASURE", "Unit", "unit", "CL_UNIT", ("INDICATOR",)),
    Component("SOURCE", "Source", "source", "CL_SOURCE", ("RELEASE",)),
    Component("OBS_STATUS", "Observation status", codelist="CL_OBS_STATUS"),
    Component("STAGE", "Stage", "stage", "CL_STAGE"),
    Component(
        "MISSING_REASON", "Why it is missing", "missing_reason", "CL_MISSING_REASON",
        is_required=False,
    ),
    Component("SOURCE_CELL", "Cell of the publisher's workbook", "source_cell", is_required=False),
    Component("NOTES", "Remarks", "notes", "CL_NOTE", is_required=False),
)  # fmt: skip
COMPONENTS = (*DIMENSIONS, TIME, MEASURE, *ATTRIBUTES)

# The codelists that the contract fixes; those of the data come with the structure.
FIXED = {
    "CL_FREQ": {"A": "Annual"},
    "CL_OBS_STATUS": OBSERVATION_STATUSES,
    "CL_AREA_KIND": CODELISTS["area-kinds"][1],
    "CL_UNIT": CODELISTS["units"][1],
    "CL_STAGE": CODELISTS["stages"][1],
    "CL_MISSING_REASON": CODELISTS["missing-reasons"][1],
}


def as_sdmx_csv(table: Table) -> Iterator[bytes]:
    """Write the line of names, then each row with the dataflow that it belongs to."""
    names = (
        f"{component.id}[]" if is_many(component) else component.id for component in COMPONENTS
    )
    flow = f"{AGENCY}:{FLOW}({VERSION})"
    rows = (line(("dataflow", flow, "I", *values(row))) for row in table.rows)
    head = line(("STRUCTURE[;]", "STRUCTURE_ID", "ACTION", *names))
    return parts(text.encode() for text in chain((head,), rows))


def is_many(component: Component) -> bool:
    return component.field == "notes"


def values(row: Mapping[str, Any]) -> Iterator[str]:
    reason = row["missing_reason"]
    said = {
        **row,
        "FREQ": "A",
        "OBS_STATUS": OF_STAGE[row["stage"]] if reason is None else OF_REASON[reason],
        # Of an empty cell SDMX would think that nothing is said.
        "value": "NaN" if reason else row["value"],
        "notes": ";".join(note["id"] for note in row["notes"]),
    }
    for component in COMPONENTS:
        yield cell(said[component.field or component.id])


SDMX_CSV = File(
    "application/vnd.sdmx.data+csv",
    ".sdmx.csv",
    as_sdmx_csv,
    "SDMX-CSV 2.0",
    "; version=2.0.0",
    "Its structure is at `/v1/structures/observations.xml`.",
)

SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/"
PREFIXES = {"mes": f"{SCHEMAS}message", "str": f"{SCHEMAS}structure", "com": f"{SCHEMAS}common"}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def as_structure(body: Mapping[str, Any], _: Question) -> bytes:
    """Write the dataflow, its structure, its concepts and their codelists as SDMX-ML 3.0."""
    for prefix, namespace in PREFIXES.items():
        register_namespace(prefix, namespace)
    message = Element(name("mes:Structure"))
    put_header(message, body["meta"]["updated_at"])
    structures = put(message, "mes:Structures")
    codelists = put(structures, "str:Codelists")
    for codelist, codes in FIXED.items():
        pairs = ((code, meaning, None) for code, meaning in codes.items())
        put_codelist(codelists, codelist, pairs)
    for listed in body["data"]["codelists"]:
        triples = ((one["code"], one["name"], one["definition"]) for one in listed["codes"])
        put_codelist(codelists, f"CL_{listed['id'].upper()}", triples)
    put_concepts(put(structures, "str:ConceptSchemes"))
    put_flow(put(structures, "str:Dataflows"))
    put_structure(put(structures, "str:DataStructures"))
    indent(message)
    text = tostring(message, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def put_header(message: Element, prepared: str) -> None:
    header = put(message, "mes:Header")
    put(header, "mes:ID", FLOW)
    put(header, "mes:Test", "false")
    put(header, "mes:Prepared", prepared)
    put(header, "mes:Sender", id=AGENCY)


def put_codelist(
    parent: Element, codelist: str, codes: Iterable[tuple[str, str, str | None]]
) -> None:
    title = next(one.name for one in COMPONENTS if one.codelist == codelist)
    found = put_maintained(parent, "str:Codelist", codelist, title)
    for code, meaning, definition in codes:
        put_named(put(found, "str:Code", id=code), meaning, definition)


def put_concepts(parent: Element) -> None:
    found = put_maintained(parent, "str:ConceptScheme", CONCEPTS, "Concepts of the observations")
    described = Observation().fields
    for component in COMPONENTS:
        concept = put(found, "str:Concept", id=component.id)
        field = described.get(component.field)
        put_named(concept, component.name, field.metadata["description"] if field else None)


def put_flow(parent: Element) -> None:
    found = put_maintained(parent, "str:Dataflow", FLOW, "Observations", OF_FLOW)
    put(found, "str:Structure", urn("datastructure.DataStructure", STRUCTURE))


OF_FLOW = "Every figure of every release: of an area in a year, as its source published it."


def put_structure(parent: Element) -> None:
    found = put_maintained(parent, "str:DataStructure", STRUCTURE, "Structure of the observations")
    components = put(found, "str:DataStructureComponents")
    dimensions = put(components, "str:DimensionList", id="DimensionDescriptor")
    for position, component in enumerate(DIMENSIONS, 1):
        put_component(dimensions, "str:Dimension", component, position=str(position))
    put_component(dimensions, "str:TimeDimension", TIME, "GregorianYear")
    attributes = put(components, "str:AttributeList", id="AttributeDescriptor")
    for component in ATTRIBUTES:
        usage = "mandatory" if component.is_required else "optional"
        attribute = put_component(attributes, "str:Attribute", component, usage=usage)
        relationship = put(attribute, "str:AttributeRelationship")
        for dimension in component.of:
            put(relationship, "str:Dimension", dimension)
        if not component.of:
            put(relationship, "str:Observation")
    measures = put(components, "str:MeasureList", id="MeasureDescriptor")
    put_component(measures, "str:Measure", MEASURE, "Double", usage="optional")


def put_component(
    parent: Element, tag: str, component: Component, kind: str = "String", **attributes: str
) -> Element:
    """Add a component with its concept and with its codelist or the kind of its values."""
    found = put(parent, tag, id=component.id, **attributes)
    concept = urn("conceptscheme.Concept", CONCEPTS)
    put(found, "str:ConceptIdentity", f"{concept}.{component.id}")
    many = {"maxOccurs": "unbounded"} if is_many(component) else {}
    representation = put(found, "str:LocalRepresentation", **many)
    if component.codelist:
        put(representation, "str:Enumeration", urn("codelist.Codelist", component.codelist))
    else:
        put(representation, "str:TextFormat", textType=kind)
    return found


def urn(kind: str, artefact: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.{kind}={AGENCY}:{artefact}({VERSION})"


def put_maintained(
    parent: Element, tag: str, artefact: str, title: str, definition: str | None = None
) -> Element:
    found = put(parent, tag, id=artefact, agencyID=AGENCY, version=VERSION)
    put_named(found, title, definition)
    return found


def put_named(parent: Element, title: str, definition: str | None) -> None:
    put(parent, "com:Name", title).set(LANGUAGE, "en")
    if definition:
        put(parent, "com:Description", definition).set(LANGUAGE, "en")


def put(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    found = SubElement(parent, name(tag), attributes)
    found.text = text
    return found


def name(tag: str) -> str:
    """Return a tag such as `str:Codelist` as ElementTree has it."""
    prefix, _, local = tag.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}"


STRUCTURE_XML = Format(
    "application/vnd.sdmx.structure+xml", ".xml", as_structure, "; version=3.0.0"
)
