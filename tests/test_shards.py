"""Many letters in shards: the same content as in one, whoever does the work, and also after a run was cut off."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jtai_reports import shards
from jtai_reports.cache import Cache
from jtai_reports.cli import main
from jtai_reports.coding.codebook import parse_yaml
from jtai_reports.corrections.file import Correction
from jtai_reports.crew import Done, Here
from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.files import alone_in
from jtai_reports.lab.opening import load_or_run
from jtai_reports.outline import Place
from jtai_reports.pipeline import Run, find_letters, remake, run, summary_lines
from jtai_reports.reading import ReadFile, read_one
from jtai_reports.settings import Settings
from jtai_reports.shards import File, cut
from jtai_reports.store import each_shard, load, write_shard_tables
from tests.conftest import ROOT, SAMPLE

CODEBOOK = "reference/data/codebook.yaml"
IN_SHARDS = {"letters_in_one": 3, "letters_a_shard": 5}


def sharded(outputs: Path, **more: Any) -> Settings:  # noqa: ANN401 - settings of any type
    """A run of the sample's 12 letters in shards of 5, 5 and 2."""
    return Settings(SAMPLE, outputs, **{"workers": 2, **IN_SHARDS, **more})


def digests(outputs: Path) -> dict[str, str]:
    """A checksum of every file of the outputs but the record and the cache."""
    files = [path for path in outputs.rglob("*") if path.is_file() and ".cache" not in path.parts]
    return {
        path.relative_to(outputs).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.name != "run.json"
    }


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of a run in shards; tests only read them."""
    folder = tmp_path_factory.mktemp("shards") / "outputs"
    with pytest.MonkeyPatch.context() as here:
        here.chdir(ROOT)
        run(sharded(folder))
    return folder


def test_shards_hold_what_one_file_holds(outputs: Path, sample_outputs: Path) -> None:
    assert sorted(path.name for path in (outputs / "data" / "findings").iterdir()) == [
        "shard-000001.parquet",
        "shard-000002.parquet",
        "shard-000003.parquet",
    ]
    whole, parts = load(sample_outputs), load(outputs)
    for name, frame in whole._asdict().items():
        pd.testing.assert_frame_equal(getattr(parts, name), frame)


def test_comparisons_are_the_same(outputs: Path, sample_outputs: Path) -> None:
    names = {path.name for path in (outputs / "tables").glob("*.csv")}
    assert names == {path.name for path in (sample_outputs / "tables").glob("*.csv")} - {
        "area_profiles.csv",
        "coding_review.csv",
        "praised_and_criticised.csv",
        "priority_actions.csv",
    }
    for name in names:
        assert (outputs / "tables" / name).read_bytes() == (sample_outputs / "tables" / name).read_bytes(), name
    quoted = pd.read_parquet(outputs / "tables" / "praised_and_criticised")
    whole = pd.read_csv(sample_outputs / "tables" / "praised_and_criticised.csv")
    assert quoted["strength_id"].tolist() == whole["strength_id"].tolist()


def test_the_record_adds_the_shards_up(outputs: Path, sample_outputs: Path) -> None:
    record, whole = (json.loads((folder / "run.json").read_text("utf-8")) for folder in (outputs, sample_outputs))
    assert record["shards"] == 3
    for name in ("counts", "coders", "newest_letter", "corrections"):
        assert record[name] == whole[name], name
    assert set(digests(outputs)) == set(record["outputs"])
    done = Run(find_letters(SAMPLE), record, up_to_date=True)
    assert summary_lines(done, outputs)[-1].startswith("Shards:        3; no figures, workbook or site")


@pytest.mark.parametrize("workers", [0, 1])
def test_workers_make_no_difference(outputs: Path, tmp_path: Path, workers: int) -> None:
    run(sharded(tmp_path, workers=workers))
    assert digests(tmp_path) == digests(outputs)


def read_or_die_once(path: Path, **how: Any) -> ReadFile:  # noqa: ANN401 - whatever reading is told
    """Kill this worker at one letter, the first time; it runs in a worker."""
    mark = Path(os.environ["JTAI_TEST_MARK"])
    if path.name == "90000004.pdf" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return read_one(path, **how)


def test_a_cluster_whose_worker_is_killed_makes_no_difference(
    outputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("JTAI_TEST_MARK", str(tmp_path / "killed"))
    address = request.getfixturevalue("scheduler")
    run(sharded(tmp_path / "outputs", scheduler=address), read=read_or_die_once)
    assert (tmp_path / "killed").exists()
    assert digests(tmp_path / "outputs") == digests(outputs)


def test_a_run_that_was_cut_off_goes_on(outputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off after the second shard; the next run reads no letter and writes only what is not there."""
    written: list[int] = []
    whole = write_shard_tables

    def stop_at_third(*args: Any, number: int, **more: Any) -> list[Path]:  # noqa: ANN401 - passed on
        if number == 3:
            raise KeyboardInterrupt
        return whole(*args, number=number, **more)

    monkeypatch.setattr(shards, "write_shard_tables", stop_at_third)
    with pytest.raises(KeyboardInterrupt):
        run(sharded(tmp_path, workers=0))
    assert not (tmp_path / "run.json").exists()
    with pytest.raises(UsageError, match=r"the run that wrote these tables was cut off.*it goes on from there"):
        load(tmp_path)

    def note(*args: Any, number: int, **more: Any) -> list[Path]:  # noqa: ANN401 - passed on
        written.append(number)
        return whole(*args, number=number, **more)

    def read_nothing(path: Path, **_: object) -> ReadFile:
        raise AssertionError(path)

    monkeypatch.setattr(shards, "write_shard_tables", note)
    run(sharded(tmp_path, workers=0), read=read_nothing)
    assert written == [3]
    assert digests(tmp_path) == digests(outputs)


def test_a_damaged_shard_is_written_anew(outputs: Path, tmp_path: Path) -> None:
    run(sharded(tmp_path, workers=0))
    (tmp_path / "data" / "codings" / "shard-000002.parquet").write_bytes(b"damaged")
    done = run(sharded(tmp_path, workers=0))
    assert not done.up_to_date
    assert digests(tmp_path) == digests(outputs)


def test_one_form_takes_the_place_of_the_other(tmp_path: Path) -> None:
    run(sharded(tmp_path, workers=0))
    run(Settings(SAMPLE, tmp_path, workers=0))
    assert (tmp_path / "data" / "reports.parquet").is_file()
    assert not [path for path in (tmp_path / "data").iterdir() if path.is_dir()]
    own = tmp_path / "data" / "findings.xlsx"
    own.write_bytes(b"a user's")
    run(sharded(tmp_path, workers=0))
    assert [path for path in (tmp_path / "data").iterdir() if path.is_file()] == [own]
    assert {path.name for path in tmp_path.iterdir()} == {".cache", "data", "tables", "run.json"}


def test_shards_are_tables_for_a_notebook(outputs: Path) -> None:
    assert len(load_or_run(outputs, reports="nowhere").reports) == 12


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with alone_in(tmp_path), pytest.raises(UsageError, match="another run is writing to it"):
        run(sharded(tmp_path, workers=0))


def test_a_codebook_may_change_between_two_runs(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    content = parse_yaml(resources.files("jtai_reports").joinpath(CODEBOOK).read_text("utf-8"))
    own.write_text(json.dumps(content), "utf-8")  # which is YAML as well
    settings = sharded(tmp_path / "outputs", workers=0, coder="rules", codebook=own)
    run(settings)
    assert (load(tmp_path / "outputs").codings["code"] == "police").any()
    for agency in content["agencies"]:
        agency["rules"] = [] if agency["id"] == "police" else agency["rules"]
    own.write_text(json.dumps(content), "utf-8")
    run(settings)
    assert not (load(tmp_path / "outputs").codings["code"] == "police").any()


def test_a_table_without_rows_in_a_shard_can_be_read(tmp_path: Path, outputs: Path) -> None:
    (corpus, *_) = each_shard(outputs)
    listed = pd.DataFrame({"text": pd.Series([None, None], dtype=object), "n": [1, 2]})
    written = write_shard_tables(corpus, {"some": listed, "none": listed.head(0)}, tmp_path, number=1)
    write_shard_tables(corpus, {"some": listed.assign(text="said")}, tmp_path, number=2)
    assert not [path for path in written if "none" in path.parts]
    assert pd.read_parquet(tmp_path / "tables" / "some")["text"].fillna("").tolist() == ["", "", "said", "said"]


def test_what_a_worker_wrote_elsewhere_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(_: object, __: object, items: list[Any], **___: object) -> Iterator[Done[Any, Any]]:
        yield from (Done(item, {"outputs": {"data/reports/shard-000001.parquet": "0"}}) for item in items)

    monkeypatch.setattr(shards, "each", elsewhere)
    work = shards.Work(Settings(outputs=tmp_path), SAMPLE, read_one, Cache(tmp_path, "v"))
    with pytest.raises(JtaiError, match="what a worker has written there is not seen here"):
        shards.write_shards(cut([place(1, "jtai-a")], (), Settings()), work, Here(), made_from={})


def test_tables_can_be_made_anew_and_nothing_else(outputs: Path) -> None:
    before = digests(outputs)
    remake(sharded(outputs), ["tables"])
    assert digests(outputs) == before
    with pytest.raises(UsageError, match="The part 'site' is not made of so many letters"):
        remake(sharded(outputs), ["site"])


@pytest.mark.parametrize(
    "question",
    [
        ["--by", "series", "--theme", "early_help"],
        ["--by", "template", "--theme", "joint_working", "--agency", "police"],
        ["--by", "template", "--polarity", "both"],
    ],
)
def test_questions_are_answered_from_shards(
    outputs: Path, sample_outputs: Path, capsys: pytest.CaptureFixture[str], question: list[str]
) -> None:
    answers = []
    for folder in (outputs, sample_outputs):
        assert main(["compare", *question, "--outputs", str(folder)]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]


def test_sheets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Coding sheets are used for up to 3 letters"):
        run(sharded(tmp_path, workers=0, sheets=(SAMPLE / "sheet.csv",)))


def test_a_shard_that_kills_its_workers_ends_the_run_with_its_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_: object, __: object, items: list[Any], **___: object) -> Iterator[Done[Any, Any]]:
        yield from (Done(item, None, lost=True) for item in items)

    monkeypatch.setattr(shards, "each", lose)
    work = shards.Work(Settings(outputs=tmp_path), SAMPLE, read_one, Cache(tmp_path, "v"))
    found = cut([place(1, "jtai-a"), place(2, "jtai-b")], (), Settings())
    with pytest.raises(JtaiError, match="The letters jtai-a to jtai-b cannot be coded: their worker dies"):
        shards.write_shards(found, work, Here(), made_from={})


def test_workers_are_told_whole_paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[shards.Work] = []

    def stop(_: object, work: shards.Work, *__: object, **___: object) -> list[File]:
        seen.append(work)
        raise KeyboardInterrupt

    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.pdf").write_bytes((ROOT / SAMPLE / "90000001.pdf").read_bytes())
    monkeypatch.setattr("jtai_reports.pipeline.find_files", stop)
    with pytest.raises(KeyboardInterrupt):
        run(Settings(Path("letters"), Path("outputs")))
    (work,) = seen
    assert work.folder == tmp_path / "letters"
    assert work.settings.outputs == tmp_path / "outputs"
    assert work.kept_in.folder == tmp_path / "outputs" / ".cache"
    assert work.settings.profile == "jtai"


def test_a_scheduler_that_is_not_there_ends_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--reports", str(SAMPLE), "--outputs", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"]
    assert main(["run", *options]) == 2
    assert "tcp://127.0.0.1:9: no Dask scheduler answers there." in capsys.readouterr().err


def place(number: int, report_id: str | None) -> File:
    """A file of a shard."""
    return File(Path(f"{number}.pdf"), Place(f"{number}.pdf", report_id), str(number), lost=False)


def correction(name: str) -> Correction:
    """A correction of a letter or of one of its parts."""
    return Correction(2, name, "authority", "a", "b", "why", "AB")


def test_files_are_cut_into_shards_with_their_corrections() -> None:
    files = [place(number, f"jtai-{number}") for number in range(5)] + [place(9, None)]
    rows = [correction("jtai-4-f001-02"), correction("jtai-0"), correction("jtai-none-s01")]
    settings = Settings(letters_in_one=4, letters_a_shard=2)
    first, second, third = cut(files, rows, settings)
    assert [file.path.stem for file in first.files] == ["0", "1", "9"]
    assert [file.path.stem for file in second.files] == ["2", "3"]
    assert [file.path.stem for file in third.files] == ["4"]
    assert [[row.id for row in shard.corrections] for shard in (first, second, third)] == [
        ["jtai-0", "jtai-none-s01"],
        [],
        ["jtai-4-f001-02"],
    ]
    (one,) = cut(files, rows, Settings(letters_in_one=5))
    assert (len(one.files), len(one.corrections)) == (6, 3)
    assert [shard.files for shard in cut([], (), settings)] == [()]
