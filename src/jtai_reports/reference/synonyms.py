"""Read what search takes for the same: stop words, irregular forms, words for a polarity, synonyms."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import yaml

from jtai_reports.errors import ReferenceDataError
from jtai_reports.reference.readers import data_text

FIELDS = ("stop_words", "forms", "polarity", "synonyms")


class Synonyms(NamedTuple):
    """Words and phrases as they stand in `synonyms.yaml`."""

    stop_words: frozenset[str]
    forms: dict[str, str]
    polarity: dict[str, tuple[str, ...]]
    meanings: tuple[tuple[str, ...], ...]


@cache
def read_synonyms() -> Synonyms:
    """The synonyms that ship with the package.

    >>> any("return home interview" in meaning for meaning in read_synonyms().meanings)
    True
    """
    return make_synonyms(yaml.safe_load(data_text("synonyms.yaml")))


def make_synonyms(content: dict[str, Any]) -> Synonyms:
    """Synonyms from what the file holds.

    Raises:
        ReferenceDataError: a field is missing, or an entry is no text (YAML reads a bare no as false).
    """
    lacking = [field for field in FIELDS if not content.get(field)]
    lists = {"stop_words": content.get("stop_words", ()), **content.get("polarity", {})}
    lists |= {f"synonyms, list {number}": words for number, words in enumerate(content.get("synonyms", ()), 1)}
    wrong = [f"{place}: {word!r}" for place, words in lists.items() for word in words if not isinstance(word, str)]
    if lacking or wrong:
        faults = [f"no field {field!r}" for field in lacking] + [f"not a text in {place}" for place in wrong]
        raise ReferenceDataError(f"synonyms.yaml: {'; '.join(faults)}.", hint="Put such words in quotation marks.")
    return Synonyms(
        frozenset(content["stop_words"]),
        dict(content["forms"]),
        {name: tuple(words) for name, words in content["polarity"].items()},
        tuple(tuple(words) for words in content["synonyms"]),
    )
