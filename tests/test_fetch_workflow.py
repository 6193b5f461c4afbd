"""The weekly workflow does what it says, with no more rights than it needs."""

from __future__ import annotations

import re
from typing import Any

import yaml

from jtai_reports.cli import main
from tests.conftest import ROOT

TEXT = (ROOT / ".github" / "workflows" / "refresh.yml").read_text("utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
DOC = (ROOT / "docs" / "getting-letters.md").read_text("utf-8")


def test_actions_are_pinned_to_a_commit_and_say_their_version() -> None:
    used = re.findall(r"uses: (.*)", TEXT)
    assert len(used) == 7
    assert [line for line in used if not re.fullmatch(r"actions/[a-z/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_rights_are_few() -> None:
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in WORKFLOW["jobs"].items()} == {
        "refresh": {"contents": "read"},
        "publish": {"pages": "write", "id-token": "write"},
    }


def test_it_runs_weekly_and_commits_nothing() -> None:
    assert WORKFLOW[True]["schedule"] == [{"cron": "17 5 * * 1"}]  # YAML reads the key `on` as true
    commands = [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]
    assert any("jtai refresh" in command for command in commands)
    assert [command for command in commands if "git " in command or "${{" in command] == []


def test_the_commands_in_the_document_are_understood() -> None:
    written = [line.removeprefix("uv run ") for line in DOC.splitlines() if line.startswith("uv run jtai ")]
    assert len(written) >= 10
    for line in written:
        arguments = line.split("  #")[0].replace('"', "").replace("South Tyneside", "Barnsley").split()[1:]
        if arguments[0] in ("fetch", "refresh"):
            assert main([*arguments, "--dry-run"]) == 0, line
        elif arguments[0] == "catalogue":
            assert main(arguments) == 0, line


def test_the_document_names_every_setting_and_exit_code() -> None:
    for name in ("JTAI_LISTING_URL", "JTAI_FILES_URL", "JTAI_CONTACT", "SSL_CERT_FILE"):
        assert f"`{name}`" in DOC
    for code in (0, 1, 2, 3, 4, 130):
        assert f"| {code} |" in DOC
