"""The codes that a comparison counts: a row for each, also where no letter mentions it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jtai_reports.compare.names import check_name
from jtai_reports.schema import KEY_AREAS

if TYPE_CHECKING:
    from jtai_reports.corpus import Corpus

Codes = Mapping[str, Sequence[str]]
FACETS = ("theme", "agency", "key_area")


def all_codes(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """The codes of each facet: those of the codebook in its order, then others that the corpus holds.

    >>> from jtai_reports.store import load
    >>> all_codes(load("outputs"))["key_area"]  # doctest: +SKIP
    ('understanding', 'collaboration', 'leadership')
    """
    known = {"theme": THEMES, "agency": AGENCIES, "key_area": KEY_AREAS}
    found = corpus.codings.groupby("facet")["code"].unique()
    return {facet: (*codes, *sorted(set(found.get(facet, ())) - set(codes))) for facet, codes in known.items()}


def chosen_codes(corpus: Corpus, codes: Codes | None) -> dict[str, tuple[str, ...]]:
    """The codes asked for, checked; all of them where none are.

    Raises:
        ComparisonError: there is no such facet or code; the nearest names are given.
    """
    known = all_codes(corpus)
    if codes is None:
        return known
    for facet, names in codes.items():
        check_name("facet", facet, known)
        for name in names:
            check_name(facet, name, known[facet])
    return {facet: tuple(names) for facet, names in codes.items()}


def code_pairs(codes: Codes) -> list[tuple[str, str]]:
    """Facet and code, in order.

    >>> code_pairs({"theme": ["early_help"], "agency": ["police", "health"]})
    [('theme', 'early_help'), ('agency', 'police'), ('agency', 'health')]
    """
    return [(facet, code) for facet, names in codes.items() for code in names]


# until the codebook can be read
THEMES = (
    "risk_identification", "assessment_planning", "missing_children", "training_knowledge", "awareness_prevention",
    "diversity_inclusion", "information_sharing", "joint_working", "referrals_thresholds",
    "child_protection_enquiries", "engagement_voice", "early_help", "specialist_support", "perpetrators_disruption",
    "local_profile", "strategic_leadership", "partnership_governance", "management_oversight", "quality_assurance",
    "workforce_capacity", "commissioning_resources",
)  # fmt: skip
AGENCIES = (
    "social_care", "police", "health", "education", "youth_justice", "probation", "voluntary", "partnership",
)  # fmt: skip
