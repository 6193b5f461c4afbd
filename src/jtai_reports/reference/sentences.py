"""Read the list of abbreviations: the full stops that do not end a sentence."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import yaml

from jtai_reports.reference.readers import data_text


class Abbreviations(NamedTuple):
    """Words in lower case, without their last full stop: see `sentences.yaml`."""

    anywhere: frozenset[str]
    before_numbers: frozenset[str]


@cache
def read_abbreviations() -> Abbreviations:
    """The abbreviations that ship with the package.

    >>> "e.g" in read_abbreviations().anywhere, "no" in read_abbreviations().before_numbers
    (True, True)
    """
    content = yaml.safe_load(data_text("sentences.yaml"))
    return Abbreviations(frozenset(content["abbreviations"]), frozenset(content["before_numbers"]))
