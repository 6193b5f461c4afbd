"""What can go wrong, in words for the person at the keyboard: one sentence, a hint, an exit code."""

from __future__ import annotations

from collections.abc import Iterable

NEAR_ENOUGH = 60  # of 100: how alike a name must be to be the one that was probably meant


class JtaiError(Exception):
    """A fault that a user can cause or mend.

    `exit_code` is what the command line ends with: 1 when nothing could be done, 2 for wrong usage.

    >>> print(JtaiError("letters: holds no PDF files.", hint="Name another folder."))
    letters: holds no PDF files. Hint: Name another folder.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} Hint: {self.hint}" if self.hint else self.message

    def _render_traceback_(self) -> list[str]:
        """What IPython and Jupyter print in place of a traceback: the sentence and the hint."""
        return [self.message, f"Hint: {self.hint}"] if self.hint else [self.message]


class UsageError(JtaiError):
    """The command or function was called with something that cannot be used."""

    exit_code = 2


class ComparisonError(UsageError):
    """A comparison that the letters cannot answer, or that would mislead: why, and what to ask instead."""


class ReferenceDataError(JtaiError):
    """A file of reference data (headings, series, authorities) cannot be used as it stands."""

    exit_code = 2


class UnreadableFileError(JtaiError):
    """One file could not be read; `code` names the kind of fault for the table `problems`."""

    def __init__(self, message: str, *, code: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code

    def of(self, name: str) -> UnreadableFileError:
        """The same fault with the file's name in front of the sentence."""
        return UnreadableFileError(f"{name}: {self.message}", code=self.code, hint=self.hint)


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant; None where none is near.

    >>> nearest_name("missing_childs", ["early_help", "missing_children"])
    'missing_children'
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - needed only for a name that is not known

    found = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH)
    return found[0] if found else None
