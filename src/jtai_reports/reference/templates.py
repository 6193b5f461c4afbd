"""The templates of letters: which there are, which say things once, and how their years are said."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from jtai_reports.reference.profiles import profile_names, read_profile


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


def layered_templates(held: Iterable[str]) -> list[str]:
    """Those of some templates whose letters say things twice, oldest first.

    >>> layered_templates(["2022-", "2016-2020"])
    ['2022-']
    """
    return sorted(set(held) - single_layer_templates())


def years_said(template: str) -> str:
    """The years of a template as they are said of its letters; whatever is no template stays as it is.

    >>> years_said("2016-2020"), years_said("2022-"), years_said("not known")
    ('of 2016-2020', 'from 2022', 'not known')
    """
    first, dash, last = template.partition("-")
    if not (dash and first.isdecimal()):
        return template
    return f"of {template}" if last else f"from {first}"


def break_between(before: str, after: str) -> str:
    """The years in which one template gave way to the next.

    >>> break_between("2016-2020", "2022-"), break_between("2016-", "2022-")
    ('2020-2022', '2022')
    """
    last = before.partition("-")[2]
    next_first = after.partition("-")[0]
    return f"{last}-{next_first}" if last and last != next_first else next_first


def letters_said(templates: Iterable[str]) -> str:
    """The letters of some templates, oldest first, as the subject of a sentence.

    >>> letters_said(["2022-", "2016-2020"])
    'letters of 2016-2020 and letters from 2022'
    """
    return " and ".join(f"letters {years_said(name)}" for name in sorted(set(templates)))


def layered_said(templates: Iterable[str]) -> str:
    """Those of some templates' letters that say things twice, as the subject of a sentence.

    >>> layered_said(["2016-2020", "2022-"])
    'letters from 2022 on'
    """
    layered = layered_templates(templates)
    return " and ".join(f"letters {years_said(name)}{' on' if name.endswith('-') else ''}" for name in layered)


def breaks_said(templates: Iterable[str]) -> str:
    """The breaks between some templates.

    >>> breaks_said(["2022-", "2016-2020"]), breaks_said(["2022-"])
    ('2020-2022', '')
    """
    return " and ".join(break_between(*pair) for pair in pairwise(sorted(set(templates))))
