"""The line to cite a table, figure or page by, and the address of a page of a letter."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from jtai_reports.reference.profiles import Profile, profile_of, read_profile

if TYPE_CHECKING:
    import pandas as pd


def citation(reports: pd.DataFrame, *, profile: Profile | None = None) -> str:
    """The line to cite a table or figure of these letters by: tool and version, newest letter, number of letters.

    Args:
        reports: the table of the letters.
        profile: what kind of letters these are; without it, that of the package whose letters they are.
    """
    profile = profile or read_profile(profile_of(reports["report_id"]))
    version = metadata.version("jtai-reports")
    letters = "letter" if len(reports) == 1 else "letters"
    return f"jtai_reports {version}; {profile.names.letters} up to {newest(reports)}; n = {len(reports)} {letters}."


def newest(reports: pd.DataFrame) -> str:
    """The date of the newest letter."""
    return str(max(reports["letter_date"].dropna(), default="an unknown date"))


def web_address(url: object) -> str | None:
    """An address, if it is one of the web: what a catalogue says must not become a link that runs something.

    >>> web_address("https://example.org/1"), web_address("javascript:alert(1)"), web_address(None)
    ('https://example.org/1', None, None)
    """
    return url if isinstance(url, str) and url.lower().startswith(("https://", "http://")) else None


def page_address(url: object, page: object) -> str | None:
    """The address of a page in a published letter; None where the letter's is not known.

    >>> page_address("https://example.org/letter", 3)
    'https://example.org/letter#page=3'
    """
    address = web_address(url)
    return f"{address}#page={page}" if address else None
