"""Profiles: what makes a letter of one kind of inspection, read from a few files and checked whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from jtai_reports.errors import ReferenceDataError
from jtai_reports.files import shown_name
from jtai_reports.reference.profile_parts import Headings, LetterPhrases, Listing, Names
from jtai_reports.reference.series import Series, series_rows
from jtai_reports.settings import DEFAULT_PROFILE

FILES = ("headings.yaml", "letter.yaml", "names.yaml", "series.csv")
MAY_LACK = ("listing.yaml",)
LONGEST = 60  # characters of a wrong value that are shown
Item = TypeVar("Item", bound=BaseModel)


class Profile(NamedTuple):
    """What makes a letter of one kind of inspection."""

    headings: Headings
    phrases: LetterPhrases
    names: Names
    series: tuple[Series, ...]
    listing: Listing | None = None

    def letters(self, n: int) -> str:
        """A number of letters in words.

        >>> read_profile("send").letters(1), read_profile("send").letters(2)
        ('1 area SEND inspection report', '2 area SEND inspection reports')
        """
        return f"1 {self.phrases.kind}" if n == 1 else f"{n} {self.names.letters}"


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


def profile_of(report_ids: Iterable[str]) -> str:
    """The package's profile whose letters these are, by what their `report_id` begins with; else the default one.

    >>> profile_of(["send-2024-02-16-ashvale"]), profile_of([])
    ('send', 'jtai')
    """
    begun = {name.partition("-")[0] for name in report_ids}
    known = (name for name in profile_names() if read_profile(name).phrases.prefix in begun)
    return next(known, DEFAULT_PROFILE)


def profile_texts(profile: str | Path = DEFAULT_PROFILE) -> dict[str, str]:
    """The text of each file of a profile; a file that is not there has none.

    Raises:
        ReferenceDataError: there is no such profile, or a file of it cannot be read as text.
    """
    if str(profile) in profile_names():
        files = {name: _home().joinpath(str(profile), name) for name in (*FILES, *MAY_LACK)}
        return {name: file.read_text("utf-8") for name, file in files.items() if file.is_file()}
    folder = Path(profile)
    if not folder.is_dir():
        near = get_close_matches(str(profile), profile_names(), n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Name one of {', '.join(profile_names())}, or a folder."
        raise ReferenceDataError(f"There is no profile {shown_name(str(profile))!r}.", hint=hint)
    return {name: text for name in (*FILES, *MAY_LACK) if (text := _own_text(folder / name)) is not None}


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
    names = _read(Names, "names.yaml", known, faults)
    listing = _read(Listing, "listing.yaml", known, faults)
    series, wrong = series_rows(known["series.csv"], "series.csv") if "series.csv" in known else ([], [])
    faults += [fault.message for fault in wrong]
    faults += _faults_between(headings, series) if headings else []
    if faults or headings is None or phrases is None or names is None:
        raise profile_error(name, faults)
    return Profile(headings, phrases, names, tuple(sorted(series, key=lambda s: s.first_letter)), listing)


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
