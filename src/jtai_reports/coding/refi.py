"""Codebooks as REFI-QDA (.qdc), the exchange format of NVivo, MAXQDA, ATLAS.ti and QualCoder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

from jtai_reports.coding.codebook import GROUPS, Code, Codebook, codebook_error, parse_yaml
from jtai_reports.coding.codebook_files import Content, grouped, rule_line
from jtai_reports.errors import UsageError

ORIGIN = "jtai_reports codebook"
CODEBOOK_SPACE = "urn:QDA-XML:codebook:1.0"
PARENTS = {"polarity": "Polarity", "agency": "Agencies"}
LISTS = {
    "Includes": "includes",
    "Excludes": "excludes",
    "Rules": "rules",
    "Examples": "positive",
    "Counter-examples": "negative",
}
FIELDS = {"Id": "id", "Sections": "sections", "Gives way": "gives_way"}
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def qdc_bytes(codebook: Codebook) -> bytes:
    """The codebook as a REFI-QDA codebook: themes under their key area, polarities and agencies under a heading.

    What the format has no place for (rules, examples) stands in the descriptions, where `read_qdc` finds it again.
    """
    need_library()
    from pyrefiqda.models import CodeBook, CodebookCodesType, CodebookCodeType  # noqa: PLC0415 - an extra

    codes = CodebookCodesType(code=code_tree(codebook, CodebookCodeType))
    return as_xml(CodeBook(codes=codes, origin=f"{ORIGIN} {codebook.version}"), CODEBOOK_SPACE)


def read_qdc(raw: bytes, name: str) -> Content:
    """What a REFI-QDA codebook holds, not yet checked: of this toolkit or of another program.

    Codes under 'Understanding', 'Collaboration' and 'Leadership' are themes, those under 'Polarity' and 'Agencies'
    what these say.

    Raises:
        CodebookError: it is no REFI-QDA codebook, or declares entities.
    """
    need_library()
    from defusedxml import DefusedXmlException  # noqa: PLC0415 - an extra
    from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415
    from pyrefiqda.models import CodeBook  # noqa: PLC0415
    from xsdata.exceptions import ConverterError, ParserError  # noqa: PLC0415
    from xsdata_pydantic.bindings import XmlParser  # noqa: PLC0415

    try:
        fromstring(raw, forbid_dtd=True)
        found = XmlParser().from_bytes(raw, CodeBook)
    except DefusedXmlException as fault:
        raise codebook_error(name, ["it declares entities of its own, which is not allowed"]) from fault
    except (ParseError, ParserError, ConverterError, ValueError, TypeError) as fault:
        raise codebook_error(name, [f"it is no REFI-QDA codebook ({fault})"]) from fault
    codes = [code for top in found.codes.code for code in _codes_under(top)]
    origin = found.origin or ""
    return grouped(codes, origin.removeprefix(ORIGIN).strip() if origin.startswith(ORIGIN) else "1")


def code_tree(codebook: Codebook, kind: Any) -> list[Any]:  # noqa: ANN401 - codebooks and projects have a type each
    """The codes as records of pyrefiqda: key areas with their themes, then polarities and agencies."""

    def leaf(code: Code, children: list[Any]) -> Any:  # noqa: ANN401
        return kind(
            name=code.label, guid=code_guid(code), is_codable=not children, description=_described(code), code=children
        )

    areas = [
        leaf(area, [leaf(theme, []) for theme in codebook.facet("theme") if theme.key_area == area.id])
        for area in codebook.facet("key_area")
    ]
    others = [
        kind(
            name=name,
            guid=make_guid("facet", facet),
            is_codable=False,
            code=[leaf(code, []) for code in codebook.codes if code.facet == facet],
        )
        for facet, name in PARENTS.items()
    ]
    return [*areas, *others]


def code_guid(code: Code) -> str:
    """How other programs know the code: its own, or one made from its facet and id."""
    return code.guid or make_guid("code", f"{code.facet}:{code.id}")


def _described(code: Code) -> str:
    lines = [code.definition, "", f"Id: {code.id}"]
    lines += [f"Sections: {dict(code.sections)}"] if code.sections else []
    lines += ["Gives way: true"] if code.gives_way else []
    items: dict[str, list[str]] = {name: list(getattr(code, name)) for name in LISTS.values() if name != "rules"}
    items["rules"] = [rule_line(rule) for rule in code.rules]
    for title, name in LISTS.items():
        lines += [f"{title}:", *(f"- {item}" for item in items[name])] if items[name] else []
    return xml_text("\n".join(lines))


def _codes_under(top: Any) -> list[Content]:  # noqa: ANN401 - pyrefiqda's CodeType
    own = _code_of(top)
    name = str(own["id"])
    facet = next((facet for facet, parent in PARENTS.items() if parent.lower() == top.name.strip().lower()), None)
    if facet:
        return [_code_of(code) | {"facet": facet} for code in _below(top)]
    if top.code or name in ("understanding", "collaboration", "leadership"):
        return [
            own | {"facet": "key_area"},
            *(_code_of(code) | {"facet": "theme", "key_area": name} for code in _below(top)),
        ]
    return [own | {"facet": "theme"}]


def _below(top: Any) -> Iterable[Any]:  # noqa: ANN401 - pyrefiqda's CodeType
    for code in top.code:
        yield code
        yield from _below(code)


def _code_of(code: Any) -> Content:  # noqa: ANN401 - pyrefiqda's CodeType
    content = _parsed_description(code.description or "")
    content.setdefault("id", re.sub(r"[^a-z0-9]+", "_", code.name.lower()).strip("_"))
    content.setdefault("definition", code.name)
    guid = code.guid.strip("{}").lower()
    return content | {"label": code.name} | ({"guid": guid} if guid not in _own_guids(str(content["id"])) else {})


def _own_guids(name: str) -> set[str]:
    return {make_guid("code", f"{facet}:{name}") for facet in GROUPS.values()}


def _parsed_description(text: str) -> Content:
    content: Content = {}
    definition: list[str] = []
    title = ""
    for line in text.splitlines():
        field, _, value = line.partition(": ")
        if line.endswith(":") and line[:-1] in LISTS:
            title = line[:-1]
        elif title and line.startswith("- "):
            content.setdefault(LISTS[title], []).append(_value(line[2:]) if title == "Rules" else line[2:])
        elif field in FIELDS and value:
            content[FIELDS[field]] = value if field == "Id" else _value(value)
        else:
            definition.append(line)
    joined = "\n".join(definition).strip()
    return content | ({"definition": joined} if joined else {})


def _value(text: str) -> Any:  # noqa: ANN401 - whatever stands there; it is checked later
    try:
        return parse_yaml(text)
    except yaml.YAMLError:
        return text


def need_library() -> None:
    """Make sure that the library for REFI-QDA is there.

    Raises:
        UsageError: it is not installed.
    """
    if find_spec("pyrefiqda") is None or find_spec("defusedxml") is None:
        hint = "Install it with: pip install 'jtai-reports[qda]'"
        raise UsageError("REFI-QDA files need the library pyrefiqda, which is not installed.", hint=hint)


def make_guid(kind: str, name: str) -> str:
    """The same identifier for the same thing on any day and machine."""
    return str(uuid5(NAMESPACE_URL, f"jtai_reports/{kind}/{name}"))


def as_xml(record: Any, namespace: str) -> bytes:  # noqa: ANN401 - a record of pyrefiqda
    """A record of pyrefiqda as XML."""
    from xsdata.formats.dataclass.serializers.config import SerializerConfig  # noqa: PLC0415 - an extra
    from xsdata_pydantic.bindings import XmlSerializer  # noqa: PLC0415

    serializer = XmlSerializer(config=SerializerConfig(indent=" ", encoding="UTF-8"))
    return serializer.render(record, ns_map={None: namespace}).encode()


def xml_text(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return NOT_IN_XML.sub("", text)
