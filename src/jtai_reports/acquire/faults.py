"""What can go wrong between this machine and the two sites."""

from __future__ import annotations

from pathlib import Path

from jtai_reports.errors import JtaiError

GONE = frozenset({404, 410})  # answers of a site that no longer has something


class FetchError(JtaiError):
    """Something could not be had from a site; asking again at once would not help.

    `status` is the site's answer, where it gave one.
    """

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "", status: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class PassingError(FetchError):
    """Something could not be had this time; it may be had in a moment.

    `wait` is the number of seconds that the site asks to wait, if it says.
    """

    def __init__(self, message: str, *, hint: str = "", wait: float | None = None, status: int | None = None) -> None:
        super().__init__(message, hint=hint, status=status)
        self.wait = wait


class SlowError(PassingError):
    """A site took too long to send something whole."""


class PageError(JtaiError):
    """A page is not built as expected; `page` is where it was saved."""

    exit_code = 4

    def __init__(self, message: str, *, page: Path | None = None) -> None:
        hint = f"See the page in {page}; the parts looked for are named in listing.yaml." if page else ""
        super().__init__(message, hint=hint)
        self.page = page
