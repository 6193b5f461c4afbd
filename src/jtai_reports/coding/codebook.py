"""The codebook: its codes as records, read from a file and checked whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import regex
import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from jtai_reports.coding.matching import GIVEN_FROM, code_scores, compiled, rule_hits
from jtai_reports.errors import JtaiError
from jtai_reports.reference.readers import data_text
from jtai_reports.schema import KEY_AREAS, SECTION_KINDS, STATEMENT_POLARITIES

Facet = Literal["polarity", "key_area", "theme", "agency"]
GROUPS: dict[str, Facet] = {
    "polarities": "polarity",
    "key_areas": "key_area",
    "themes": "theme",
    "agencies": "agency",
}
FIXED = {"polarity": STATEMENT_POLARITIES, "key_area": KEY_AREAS}
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\S[^\r\n]*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Guid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Share = Annotated[float, Field(ge=0, le=1)]


class CodebookError(JtaiError):
    """A codebook cannot be used; the message lists all its faults."""

    exit_code = 2


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Rule(_Record):
    """A pattern that speaks for a code where `near` matches too and `unless` does not.

    `weight` is about the share of the statements it matches that carry the code.
    """

    pattern: Annotated[str, StringConstraints(min_length=1)]
    weight: Share = 0.5
    near: str = ""
    unless: str = ""


class Code(_Record):
    """One code of one facet: what it means, how it is recognised, and examples on both sides of its edge.

    `key_area` is set for themes. `sections` gives, for a polarity, how much standing in a kind of section
    speaks for it. A code that `gives_way` stands beside others of its facet only when it is sure.
    `guid` is how programs for qualitative analysis know the code, where it came from one of them.
    """

    facet: Facet
    id: Name
    label: Line
    definition: Text
    key_area: str | None = None
    includes: tuple[Line, ...] = ()
    excludes: tuple[Line, ...] = ()
    sections: dict[str, Share] = {}
    gives_way: bool = False
    guid: Guid | None = None
    rules: tuple[Rule, ...] = ()
    positive: tuple[Line, ...] = ()
    negative: tuple[Line, ...] = ()


class Codebook(_Record):
    """A version and its codes in order: polarities, key areas, themes, agencies."""

    version: Line
    codes: tuple[Code, ...]

    def facet(self, name: Facet) -> tuple[Code, ...]:
        """The codes of one facet, in order.

        >>> [code.id for code in read_codebook().facet("key_area")]
        ['understanding', 'collaboration', 'leadership']
        """
        return tuple(code for code in self.codes if code.facet == name)

    def key_area_of(self) -> dict[str, str]:
        """The key area of each theme."""
        return {code.id: code.key_area or "" for code in self.facet("theme")}


def read_codebook(path: Path | str | None = None) -> Codebook:
    """The codebook of the package, or the one in a file.

    Args:
        path: a codebook as YAML, CSV or REFI-QDA codebook (.qdc). What it does not have (polarities, say) is
            taken from the codebook of the package.

    Raises:
        CodebookError: the file cannot be used; all its faults are listed (exit code 2).

    Example:
        >>> read_codebook().version
        '1.1'
    """
    if path is None:
        return _own_codebook()
    from jtai_reports.coding.codebook_files import read_content  # noqa: PLC0415 - it imports this module

    return make_codebook({**_own_content(), **read_content(Path(path))}, name=Path(path).name)


def make_codebook(content: Mapping[str, Any], *, name: str) -> Codebook:
    """A checked codebook from what a file holds: `version` and lists of codes under the names of `GROUPS`.

    Raises:
        CodebookError: it has faults; all are listed.
    """
    faults = [f"there is no field '{key}'" for key in content if key not in {"version", *GROUPS}]
    version = content.get("version")
    if not isinstance(version, str) or not version.strip():
        faults.append("'version' must be a text, such as version: \"1.0\"")
    codes: list[Code] = []
    for group, facet in GROUPS.items():
        found, wrong = _read_group(content.get(group), group, facet)
        codes += found
        faults += wrong
    faults += _faults_between(codes)
    faults += [fault for code in codes for fault in _faults_of(code)]
    if faults:
        raise codebook_error(name, faults)
    return Codebook(version=str(version), codes=tuple(codes))


def describe_codebook(codebook: Codebook) -> str:
    """The codes of a codebook as lines of text: label, id and definition."""
    lines = [f"Codebook, version {codebook.version}"]
    for group, facet in GROUPS.items():
        codes = codebook.facet(facet)
        lines += ["", f"{group.replace('_', ' ').capitalize()} ({len(codes)})"]
        for code in codes:
            area = f", {code.key_area}" if code.key_area else ""
            lines += [f"  {code.label} ({code.id}{area}; {len(code.rules)} rules)", f"    {code.definition}"]
    return "\n".join(lines)


def codebook_error(name: str, faults: Iterable[str]) -> CodebookError:
    """The error that lists all faults of a codebook."""
    lines = list(dict.fromkeys(faults))
    count = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
    listed = "".join(f"\n  - {line}." for line in lines)
    hint = "Write a codebook to start from with 'jtai codebook --out FILE.yaml'."
    return CodebookError(f"{name}: the codebook has {count}:{listed}\n", hint=hint)


def _read_group(items: object, group: str, facet: Facet) -> tuple[list[Code], list[str]]:
    if not isinstance(items, list) or not items:
        return [], [f"'{group}' must be a list of codes"]
    codes, faults = [], []
    for number, item in enumerate(items, 1):
        name = item.get("id") if isinstance(item, dict) else None
        where = f"{facet.replace('_', ' ')} {name!r}" if isinstance(name, str) else f"{group}, code {number}"
        try:
            codes.append(Code.model_validate(_as_tuples({"facet": facet, **item} if isinstance(item, dict) else item)))
        except ValidationError as wrong:
            faults += [f"{where}: {_sentence(fault)}" for fault in wrong.errors()]
    return codes, faults


def _as_tuples(value: object) -> object:
    """Lists as tuples, which records hold, because nobody can change them."""
    if isinstance(value, dict):
        return {key: _as_tuples(part) for key, part in value.items()}
    return tuple(_as_tuples(part) for part in value) if isinstance(value, list) else value


def _sentence(fault: Any) -> str:  # noqa: ANN401 - pydantic's own record
    place = [str(part + 1) if isinstance(part, int) else f"'{part}'" for part in fault["loc"]]
    field = ", number ".join(place) or "the code"
    if fault["type"] == "missing":
        return f"{field} is missing"
    if fault["type"] == "extra_forbidden":
        return f"there is no field {field}"
    if fault["type"] == "string_pattern_mismatch" and fault["loc"][-1] != "id":
        return f"{field} must be one line of text, not {fault['input']!r}"
    if fault["type"] == "string_pattern_mismatch":
        return f"{field} must be small letters, digits and '_', not {fault['input']!r}"
    if fault["type"] == "string_too_short":
        return f"{field} is empty"
    return f"{field}: {fault['msg'][0].lower()}{fault['msg'][1:]}, not {fault['input']!r}"


def _faults_between(codes: Iterable[Code]) -> Iterator[str]:
    counts = Counter((code.facet, code.id) for code in codes)
    for (of, name), count in counts.items():
        if count > 1:
            yield f"{of.replace('_', ' ')} {name!r}: the id is there {count} times"
    for facet, allowed in FIXED.items():
        given = {name for of, name in counts if of == facet}
        if given and given != set(allowed):
            yield f"the ids of the {facet.replace('_', ' ')} codes must be {', '.join(allowed)}"


def _faults_of(code: Code) -> Iterator[str]:
    where = f"{code.facet.replace('_', ' ')} {code.id!r}"
    if code.facet == "theme" and code.key_area not in KEY_AREAS:
        shown = repr(code.key_area) if code.key_area else "missing"
        yield f"{where}: the key area is {shown}; it must be one of {', '.join(KEY_AREAS)}"
    yield from (
        f"{where}: there is no section kind {kind!r}; there are {', '.join(SECTION_KINDS)}"
        for kind in code.sections
        if kind not in SECTION_KINDS
    )
    wrong = [
        f"{where}: rule {number}: {fault}" for number, rule in enumerate(code.rules, 1) for fault in _faults_in(rule)
    ]
    yield from wrong or (f"{where}: {fault}" for fault in _example_faults(code))


def _faults_in(rule: Rule) -> Iterator[str]:
    for field in ("pattern", "near", "unless"):
        text = getattr(rule, field)
        try:
            compiled(text)
        except regex.error as wrong:
            yield f"{field} {text!r} is no regular expression ({wrong})"


def _example_faults(code: Code) -> Iterator[str]:
    examples = [*code.positive, *code.negative]
    if not code.rules or not examples:
        return
    alone = Codebook(version="-", codes=(code,))
    scores = code_scores(rule_hits(examples, alone), alone)[:, 0]
    for text, score in zip(code.positive, scores, strict=False):
        if score < GIVEN_FROM:
            yield f"the rules miss the example {text!r} (score {score:.2f}, needed {GIVEN_FROM})"
    for text, score in zip(code.negative, scores[len(code.positive) :], strict=True):
        if score >= GIVEN_FROM:
            yield f"the rules give the code to the counter-example {text!r} (score {score:.2f})"


def _own_content() -> dict[str, Any]:
    content: dict[str, Any] = parse_yaml(data_text("codebook.yaml"))
    return content


@cache
def _own_codebook() -> Codebook:
    return make_codebook(_own_content(), name="codebook.yaml")


def parse_yaml(text: str) -> Any:  # noqa: ANN401 - whatever the text holds
    """What a YAML text holds, read by the safe loader.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
