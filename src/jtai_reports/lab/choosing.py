"""Drop-downs that redraw what a cell shows; where nobody can click, the cell shows its first choice."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from jtai_reports.coding.codebook import read_codebook
from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.lab.tables import bring_script, is_static
from jtai_reports.reference.readers import read_series

if TYPE_CHECKING:
    from IPython.display import DisplayHandle

    from jtai_reports.corpus import Corpus

ALL = "all"
SHOWN = 3  # tables, figures and texts that a cell shows at most
KINDS = ("series", "theme", "region", "authority", "polarity")
Options = Sequence[tuple[str, str | None]]


class Note:
    """A sentence as a notebook shows it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.text)}</p>"


def choices(corpus: Corpus, kind: str, *, everything: bool = True) -> list[tuple[str, str | None]]:
    """What a drop-down offers: each label with the name that the functions take.

    Args:
        corpus: only what its letters hold is offered.
        kind: series, theme, region, authority or polarity.
        everything: whether to offer 'all' first, which stands for None.

    Raises:
        UsageError: there is no such kind.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.load("outputs")
        >>> jtai.choices(corpus, "region")[:2]
        [('all', None), ('East Midlands', 'East Midlands')]
    """
    first: list[tuple[str, str | None]] = [(ALL, None)] if everything else []
    if kind == "series":
        read = set(corpus.reports["series"].dropna())
        return first + [(_titled(s.title, s.template), s.series) for s in read_series() if s.series in read]
    if kind == "theme":
        coded = set(corpus.codings.loc[corpus.codings["facet"] == "theme", "code"])
        return first + [(code.label, code.id) for code in read_codebook().facet("theme") if code.id in coded]
    if kind == "polarity":
        return [*first, ("strengths", "strength"), ("weaknesses", "weakness")]
    if kind not in KINDS:
        raise UsageError(f"There are no choices of {kind!r}.", hint=f"Choose one of: {', '.join(KINDS)}.")
    return first + [(name, name) for name in sorted(corpus.reports[kind].dropna().unique())]


def choose(show: Callable[..., Any], **options: Options) -> None:
    """Show what a function makes for a choice, and make it anew when another choice is made.

    With ipywidgets there is a drop-down for each choice. Where nobody can click (an HTML copy, say), the
    function's result for the first of each is shown, and a line that says which these are.

    Args:
        show: takes the chosen names by keyword and returns a table, a figure or a text, or up to three of them.
        **options: for each of its arguments, what can be chosen: see `choices`.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.load("outputs")
        >>> def letters_of(region):
        ...     chosen = jtai.select_letters(corpus, region=region)
        ...     return f"{len(chosen.reports)} letters"
        >>> jtai.choose(letters_of, region=jtai.choices(corpus, "region"))
        Shown for region = all. In JupyterLab there are drop-downs here to choose others.
        12 letters
    """
    from IPython.display import display  # noqa: PLC0415 - in notebooks only

    first = {name: offered[0][1] for name, offered in options.items()}
    if is_static() or find_spec("ipywidgets") is None:
        said = ", ".join(f"{_worded(name)} = {offered[0][0]}" for name, offered in options.items())
        display(Note(f"Shown for {said}. In JupyterLab there are drop-downs here to choose others."))
        display(*_results(show, first))
        return
    bring_script()
    _with_drop_downs(show, options)


def _with_drop_downs(show: Callable[..., Any], options: Mapping[str, Options]) -> None:
    """The results are ordinary outputs of the cell, not part of the widgets: a saved notebook keeps them."""
    import ipywidgets  # noqa: PLC0415 - heavy, and not everywhere
    from IPython.display import display  # noqa: PLC0415

    boxes = {
        name: ipywidgets.Dropdown(options=list(offered), description=_worded(name), layout={"width": "28em"})
        for name, offered in options.items()
    }
    display(ipywidgets.HBox(list(boxes.values()), layout={"flex_flow": "row wrap"}))
    shown = _results(show, {name: box.value for name, box in boxes.items()})
    handles = [display(part, display_id=True) for part in _padded(shown)]

    def redraw(_: object) -> None:
        _update(handles, _padded(_results(show, {name: box.value for name, box in boxes.items()})))

    for box in boxes.values():
        box.observe(redraw, names="value")


def _update(handles: Sequence[DisplayHandle | None], parts: Sequence[Any]) -> None:
    for handle, part in zip(handles, parts, strict=True):
        if handle is not None:
            handle.update(part)


def _results(show: Callable[..., Any], chosen: Mapping[str, str | None]) -> list[Any]:
    """What the function makes, as a list; a fault that the choice causes is a sentence, not a traceback."""
    try:
        made = show(**chosen)
    except JtaiError as fault:
        return [Note(str(fault))]
    parts = list(made) if type(made) is tuple or isinstance(made, list) else [made]
    return [Note(part) if isinstance(part, str) else part for part in parts]


def _padded(parts: Sequence[Any]) -> list[Any]:
    """As many as there is room for; what is not needed now may be with the next choice."""
    return [*parts, *[Note("")] * SHOWN][:SHOWN]


def _titled(title: str, template: str) -> str:
    return f"{title} ({f'from {template[:-1]}' if template.endswith('-') else template})"


def _worded(name: str) -> str:
    return name.replace("_", " ")
