"""A topic's words as the draft of a code, for a researcher to finish."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import regex

from jtai_reports.coding.codebook import Code, Codebook, Rule, make_codebook
from jtai_reports.coding.codebook_files import as_content
from jtai_reports.coding.matching import GIVEN_FROM, code_scores, rule_hits
from jtai_reports.errors import UsageError
from jtai_reports.schema import KEY_AREAS

if TYPE_CHECKING:
    import pandas as pd


class Draft(NamedTuple):
    """A codebook with the draft in it, and how the draft does.

    `hits` of the topic's `size` statements get the code from its rules, and so do `others` that are not in the topic.
    """

    codebook: Codebook
    code: Code
    hits: int
    size: int
    others: int
