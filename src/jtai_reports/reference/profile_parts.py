"""What the files of a profile may hold, as records that are checked when they are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from jtai_reports.reference.texts import matching_key
from jtai_reports.schema import POLARITIES, REPORTS, SECTION_KINDS

FIELDS = frozenset(column.name for column in REPORTS.columns)


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


def _with_group(name: str) -> Callable[[re.Pattern[str]], re.Pattern[str]]:
    def check(pattern: re.Pattern[str]) -> re.Pattern[str]:
        if name not in pattern.groupindex:
            raise ValueError(f"the pattern needs a group {name!r}, as in (?P<{name}>...)")
        return pattern

    return check


NEVER = re.compile(r"(?!)")
Pattern = Annotated[re.Pattern[str], BeforeValidator(_ignoring_case)]
ExactPattern = Annotated[re.Pattern[str], BeforeValidator(_as_printed)]
Kind = Annotated[str, AfterValidator(_known_kind)]
Detail = Annotated[str, AfterValidator(_known_field)]
Words = Annotated[frozenset[str], BeforeValidator(_words)]
Text = Annotated[str, StringConstraints(min_length=1)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https://[^/\s]+(/\S*)?$")]


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

        >>> from jtai_reports.reference.profiles import read_profile
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
    def kind(self) -> str:
        """The name without its article."""
        return re.sub("^an? ", "", self.name)

    @property
    def refusal(self) -> str:
        """The code of the problem of a file that is no such letter."""
        return f"not_{self.prefix}"


class Names(_Record):
    """What the inspections and their letters are called where they are shown: see `names.yaml`."""

    inspection: Text
    inspections: Text
    initials: Text | None = None
    letters: Text
    about: Text
    grade: Text
    licence: Text
    licence_address: WebAddress

    @property
    def in_full(self) -> str:
        """The inspections, with their initials."""
        return f"{self.inspections} ({self.initials})" if self.initials else self.inspections

    @property
    def short(self) -> str:
        """The initials, where there are any, else the inspection."""
        return self.initials or self.inspection


class Selectors(_Record):
    """The parts of the listing site's pages, as CSS selectors."""

    provider: Text
    next_page: Text
    timeline: Text
    event: Text
    publication: Text
    description: Text
    published: Text


class Sites(_Record):
    """Where letters are listed, and where their files lie."""

    listing: WebAddress
    files: WebAddress


class Listing(_Record):
    """How the site that lists the letters is read: see `listing.yaml`."""

    sites: Sites
    search: Text
    rows: Annotated[int, Field(ge=1)]
    selectors: Selectors
    provider: Annotated[ExactPattern, AfterValidator(_with_group("urn"))]
    file: Annotated[ExactPattern, AfterValidator(_with_group("file_id"))]
    kinds: tuple[Text, ...]

    def is_wanted(self, description: str) -> bool:
        """Whether the site's description of a publication is that of a letter of the profile.

        >>> from jtai_reports.reference.listing import read_listing
        >>> read_listing().is_wanted("Joint area child protection inspection, pdf - 14 July 2017")
        True
        >>> read_listing().is_wanted("Joint area review - progress inspection, pdf - 3 July 2009")
        False
        """
        return any(kind.casefold() in description.casefold() for kind in self.kinds)


def _heading_key(text: str) -> str:
    return matching_key(text).rstrip(".: ")
