"""Write every resolved version into `[tool.uv] constraint-dependencies` of pyproject.toml.

    uv run tools/pin.py

The lock file itself stays out of the repository, since it records download addresses; the constraints
resolve to the same set of versions each time.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
EXPORT = ["uv", "export", "--quiet", "--no-hashes", "--no-header", "--no-annotate", "--all-extras", "--all-groups"]
BLOCK = re.compile(r"^constraint-dependencies = \[.*?\]$", re.MULTILINE | re.DOTALL)


def pins(exported: str) -> list[str]:
    r"""The `name==version` requirements of an export, markers kept, in order.

    >>> pins("-e .\ncolorama==0.4.6 ; sys_platform == 'win32'\nabc==1.0\n")
    ['abc==1.0', "colorama==0.4.6 ; sys_platform == 'win32'"]
    """
    return sorted(line.strip() for line in exported.splitlines() if re.match(r"[A-Za-z0-9._\[\]-]+==", line))


def with_pins(project: str, requirements: list[str]) -> str:
    """The text of pyproject.toml with the requirements as its constraints."""
    quoted = "".join(f"    {_quoted(requirement)},\n" for requirement in requirements)
    return BLOCK.sub(lambda _: f"constraint-dependencies = [\n{quoted}]", project, count=1)


def _quoted(requirement: str) -> str:
    return '"' + requirement.replace('"', "'") + '"'


def main() -> None:
    """Resolve anew and write the constraints."""
    exported = subprocess.run(EXPORT, capture_output=True, text=True, check=True, cwd=PROJECT.parent).stdout
    PROJECT.write_text(with_pins(PROJECT.read_text("utf-8"), pins(exported)), "utf-8")


if __name__ == "__main__":
    main()
