"""Profiles: what makes a letter of one kind of inspection, read from three files and checked whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from jtai_reports.errors import ReferenceDataError
from jtai_reports.files import shown_name
from jtai_reports.reference.series import Series, series_rows
from jtai_reports.reference.texts import matching_key
from jtai_reports.schema import POLARITIES, REPORTS, SECTION_KINDS
from jtai_reports.settings import DEFAULT_PROFILE

FILES = ("headings.yaml", "letter.yaml", "series.csv")
LONGEST = 60  # characters of a wrong value that are shown
FIELDS = frozenset(column.name for column in REPORTS.columns)
Item = TypeVar("Item", bound=BaseModel)


def _ignoring_case(text: object) -> re.Pattern[str]:
    return _compiled(text, re.IGNORECASE)


def _as_printed(text: object) -> re.Pattern[str]:
    return _compiled(text, re.NOFLAG)


def _word(text: object) -> re.Pattern[str]:
    return _compiled(rf"\b({text})\b", re.NOFLAG)


def _compiled(text: object, flags: re.RegexFlag) -> re.Pattern[str]:
    if not isinstance(text, str):
        raise ValueError(f"a pattern must be text (in quotes), not {text!r}")
    try:
        return re.compile(text, flags)
    except re.error as fault:
        raise ValueError(f"{text!r} is no regular expression ({fault})") from fault


def _words(text: object) -> object:
    return frozenset(text.split("|")) if isinstance(text, str) else text


def _known_kind(kind: str) -> str:
    if kind not in SECTION_KINDS:
        raise ValueError(f"there is no section kind {kind!r}; there are {', '.join(SECTION_KINDS)}")
    return kind


def _known_polarity(polarity: str) -> str:
    if polarity not in POLARITIES:
        raise ValueError(f"there is no polarity {polarity!r}; there are {', '.join(POLARITIES)}")
    return polarity


def _known_field(name: str) -> str:
    if name not in FIELDS:
        raise ValueError(f"the table reports has no column {name!r}")
    return name


NEVER = re.compile(r"(?!)")
Pattern = Annotated[re.Pattern[str], BeforeValidator(_ignoring_case)]
ExactPattern = Annotated[re.Pattern[str], BeforeValidator(_as_printed)]
Kind = Annotated[str, AfterValidator(_known_kind)]
Detail = Annotated[str, AfterValidator(_known_field)]
Words = Annotated[frozenset[str], BeforeValidator(_words)]
Text = Annotated[str, StringConstraints(min_length=1)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SectionRule(_Record):
    """A kind of section and the patterns of its headings."""

    kind: Kind
    patterns: tuple[Pattern, ...]


class PolarityRule(_Record):
    """A polarity and the pattern of the headings of practice examples that state it."""

    polarity: Annotated[str, AfterValidator(_known_polarity)]
    pattern: Pattern


class Template(_Record):
    """A kind of letter: the sections that it may have, those that it should have, and those that tell it apart.

    `layers` is 2 where the letters say most things twice: in a summary, and in the main findings.
    """

    name: Annotated[str, StringConstraints(pattern=r"^\d{4}-(\d{4})?$")]
    sections: tuple[Kind, ...]
    needed: tuple[Kind, ...] = ()
    told_by: frozenset[Kind] = frozenset()
    layers: Literal[1, 2] = 2


class Headings(_Record):
    """How headings are told apart: see `headings.yaml`."""

    sections: tuple[SectionRule, ...]
    practice_polarity: tuple[PolarityRule, ...] = ()
    body_names: Pattern = NEVER
    declared_none: Pattern = NEVER
    row_labels: Pattern = NEVER
    bulleted: frozenset[Kind]
    prose: frozenset[Kind]
    templates: tuple[Template, ...]

    def kind_of(self, heading: str) -> str | None:
        """The section kind that a heading names, or None.

        >>> read_profile().headings.kind_of("KEY STRENGTHS.")
        'strengths'
        """
        text = _heading_key(heading)
        for rule in self.sections:
            if any(pattern.fullmatch(text) for pattern in rule.patterns):
                return rule.kind
        return None

    def polarity_of(self, heading: str) -> str | None:
        """The polarity that the heading of a practice example states, or None."""
        text = matching_key(heading)
        return next((rule.polarity for rule in self.practice_polarity if rule.pattern.search(text)), None)

    def labels_rows(self, heading: str) -> bool:
        """Whether a table's column under this heading names what the rest of each row is about."""
        return self.row_labels.fullmatch(_heading_key(heading)) is not None

    def template_of(self, kinds: frozenset[str]) -> Template:
        """The template of a letter with sections of these kinds."""
        told = (template for template in self.templates if template.told_by & kinds)
        return next(told, None) or next(template for template in self.templates if not template.told_by)


class Named(_Record):
    """A name and a pattern."""

    name: Text
    pattern: Pattern


class NamedExactly(_Record):
    """A name and a pattern in which case counts."""

    name: Text
    pattern: ExactPattern


class Masthead(_Record):
    """The lines under the title that say when the inspection was, and when the one before it."""

    inspection: Pattern
    previous: Pattern = NEVER


class MissingDetails(_Record):
    """What is said of a detail that a letter lacks: see `letter.yaml`."""

    always: tuple[Detail, ...]
    sometimes: tuple[Detail, ...] = ()
    where_told: dict[Detail, Pattern] = {}


class LetterPhrases(_Record):
    """The phrases that the formal parts of a letter are made of: see `letter.yaml`."""

    name: Text
    prefix: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    is_letter: tuple[Pattern, ...]
    other_inspections: tuple[Named, ...] = ()
    topic: Pattern = NEVER
    salutation: Pattern | None = None
    title_start: Pattern
    title_end: Pattern = NEVER
    closing: Pattern
    masthead: Masthead | None = None
    theme_sentences: tuple[Pattern, ...] = ()
    principal_authority: tuple[Pattern, ...] = ()
    safeguarding_body: tuple[ExactPattern, ...] = ()
    inspectorates: tuple[NamedExactly, ...]
    inspectorates_in: tuple[Kind, ...]
    outcomes: tuple[Named, ...] = ()
    outcomes_in: tuple[Kind, ...] = ()
    missing: MissingDetails
    published: bool = False
    honorifics: Annotated[re.Pattern[str], BeforeValidator(_word)] = NEVER
    posts: Words = Field(default=frozenset())
    bodies: Words = Field(default=frozenset())

    @property
    def refusal(self) -> str:
        """The code of the problem of a file that is no such letter."""
        return f"not_{self.prefix}"


class Profile(NamedTuple):
    """What makes a letter of one kind of inspection."""

    headings: Headings
    phrases: LetterPhrases
    series: tuple[Series, ...]


def read_profile(profile: str | Path = DEFAULT_PROFILE) -> Profile:
    """A profile of the package by its name, or a user's own by its folder.

    Raises:
        ReferenceDataError: there is no such profile, or it cannot be used; all its faults are listed.

    Example:
        >>> [template.name for template in read_profile("send").headings.templates]
        ['2023-']
    """
    texts = profile_texts(profile)
    return _made(str(profile), tuple(texts.items()))


def profile_names() -> list[str]:
    """The profiles that ship with the package."""
    return sorted(item.name for item in _home().iterdir() if item.is_dir() and not item.name.startswith("_"))


def single_layer_templates() -> frozenset[str]:
    """The templates of the package's profiles whose letters say things once.

    >>> sorted(single_layer_templates())
    ['2016-2020', '2023-']
    """
    return frozenset(t.name for name in profile_names() for t in read_profile(name).headings.templates if t.layers == 1)


def templates_around(held: Iterable[str]) -> list[str]:
    """All templates of the package's profiles to which the held ones belong, oldest first; then other held ones.

    Where none is held, those of the default profile.

    >>> templates_around(["2022-"]), templates_around(["2023-", "1999-"])
    (['2016-2020', '2022-'], ['2023-', '1999-'])
    """
    wanted = set(held)
    known = [[t.name for t in read_profile(name).headings.templates] for name in profile_names()]
    around = [name for names in known if wanted & set(names) for name in names]
    default = [t.name for t in read_profile().headings.templates]
    return [*around, *sorted(wanted - set(around))] or default


def profile_texts(profile: str | Path = DEFAULT_PROFILE) -> dict[str, str]:
    """The text of each file of a profile; a file that is not there has none.

    Raises:
        ReferenceDataError: there is no such profile, or a file of it cannot be read as text.
    """
    if str(profile) in profile_names():
        return {name: _home().joinpath(str(profile), name).read_text("utf-8") for name in FILES}
    folder = Path(profile)
    if not folder.is_dir():
        near = get_close_matches(str(profile), profile_names(), n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Name one of {', '.join(profile_names())}, or a folder."
        raise ReferenceDataError(f"There is no profile {shown_name(str(profile))!r}.", hint=hint)
    return {name: text for name in FILES if (text := _own_text(folder / name)) is not None}


def _home() -> Any:  # noqa: ANN401 - a folder, or its like inside an archive
    return resources.files(__package__).joinpath("profiles")


def _own_text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8-sig") if path.is_file() else None
    except (OSError, UnicodeDecodeError) as fault:
        raise ReferenceDataError(f"{path}: cannot be read as text.", hint="Save it as UTF-8.") from fault


@cache
def _made(name: str, texts: tuple[tuple[str, str], ...]) -> Profile:
    known = dict(texts)
    faults = [f"there is no file {file}" for file in FILES if file not in known]
    headings = _read(Headings, "headings.yaml", known, faults)
    phrases = _read(LetterPhrases, "letter.yaml", known, faults)
    series, wrong = series_rows(known["series.csv"], "series.csv") if "series.csv" in known else ([], [])
    faults += [fault.message for fault in wrong]
    faults += _faults_between(headings, series) if headings else []
    if faults or headings is None or phrases is None:
        raise profile_error(name, faults)
    return Profile(headings, phrases, tuple(sorted(series, key=lambda s: s.first_letter)))


def profile_error(name: str, faults: Sequence[str]) -> ReferenceDataError:
    """The error that lists all faults of a profile."""
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    listed = "".join(f"\n  - {fault.rstrip('.')}." for fault in faults)
    hint = f"Start from a copy of the files in {_home().joinpath(DEFAULT_PROFILE)}; docs/profiles.md explains them."
    return ReferenceDataError(f"{shown_name(name)}: the profile has {count}:{listed}\n", hint=hint)


def _read(kind: type[Item], file: str, texts: Mapping[str, str], faults: list[str]) -> Item | None:
    """One file of a profile as a record; None where that cannot be made, and then the faults say why."""
    if file not in texts:
        return None
    try:
        return kind.model_validate(yaml.safe_load(texts[file]))
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        faults.append(f"{file}: is not YAML{f' (line {mark.line + 1})' if mark else ''}")
    except ValidationError as wrong:
        faults += [f"{file}: {_sentence(fault, kind)}" for fault in wrong.errors()]
    return None


def _sentence(fault: Any, kind: type[BaseModel]) -> str:  # noqa: ANN401 - pydantic's own record
    """A fault that pydantic found, in plain words."""
    place = " of ".join(
        f"number {part + 1}" if isinstance(part, int) else repr(part) for part in reversed(fault["loc"])
    )
    if fault["type"] == "missing":
        return f"{place} is missing"
    if fault["type"] == "extra_forbidden":
        near = get_close_matches(str(fault["loc"][-1]), list(kind.model_fields), n=1)
        return f"there is no field {place}" + (f"; did you mean {near[0]!r}?" if near else "")
    if fault["type"] == "value_error":
        return f"{place or 'the file'}: {fault['ctx']['error']}"
    said = fault["msg"].replace("Input should", "it should")
    return f"{place or 'the file'}: {said[0].lower()}{said[1:]}, not {_short(fault['input'])}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _faults_between(headings: Headings, series: Sequence[Series]) -> Iterator[str]:
    """What is wrong between the parts of a profile, each of which may be right by itself."""
    names = [template.name for template in headings.templates]
    if sum(not template.told_by for template in headings.templates) != 1:
        yield "headings.yaml: exactly one of the 'templates' must have no 'told_by'"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"headings.yaml: there are two templates {name!r}"
    for template in headings.templates:
        for kind in sorted(set(template.needed) - set(template.sections)):
            yield f"headings.yaml: template {template.name!r} needs {kind!r}, which is not among its 'sections'"
    for row in series:
        if row.template not in names:
            yield f"series.csv: series {row.series!r} has the template {row.template!r}; there are {', '.join(names)}"


def _heading_key(text: str) -> str:
    return matching_key(text).rstrip(".: ")
