"""How the site that lists a profile's letters is read."""

from __future__ import annotations

from pathlib import Path

from jtai_reports.errors import UsageError
from jtai_reports.reference.profile_parts import Listing
from jtai_reports.reference.profiles import read_profile
from jtai_reports.settings import DEFAULT_PROFILE

__all__ = ["Listing", "read_listing"]


def read_listing(profile: str | Path = DEFAULT_PROFILE) -> Listing:
    """How the listing site is read: the `listing.yaml` of a profile.

    Raises:
        UsageError: the profile has none.
    """
    listing = read_profile(profile).listing
    if listing is None:
        raise UsageError(f"{profile}: the profile has no listing.yaml.", hint="Its letters are downloaded by hand.")
    return listing
