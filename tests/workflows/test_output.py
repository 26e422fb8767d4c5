"""Law 8: all or nothing. Outputs that stay whole whatever happens while they are written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from abm_ml.errors import OutputError
from abm_ml.workflows import output
from abm_ml.workflows.output import MARKER, replaced_directory, replaced_file


def write(target: Path, text: str) -> None:
    with replaced_directory(target) as staging:
        (staging / "sub").mkdir()
        (staging / "sub" / "rows.csv").write_text(text)
        (staging / "summary.json").write_text(f'"{text}"')


def contents(directory: Path) -> dict[str, bytes]:
    """Every file below a directory, hidden ones too."""
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in paths}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """An output directory that an earlier run has written."""
    write(tmp_path / "tal", "first")
    return tmp_path / "tal"


def test_a_new_directory_appears_with_its_parents(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "tal", "first")
    assert (tmp_path / "a" / "b" / "tal" / "sub" / "rows.csv").read_text() == "first"


def test_an_earlier_output_is_replaced_as_a_whole(target: Path) -> None:
    with replaced_directory(target) as staging:
        (staging / "other.csv").write_text("second")
        assert (target / "sub" / "rows.csv").read_text() == "first"
    assert set(contents(target)) == {"other.csv", MARKER}
    assert [path.name for path in target.parent.iterdir()] == ["tal"]


def test_a_link_keeps_pointing_at_the_replaced_directory(target: Path) -> None:
    link = target.parent / "latest"
    link.symlink_to(target)
    write(link, "second")
    assert link.is_symlink()
    assert (target / "sub" / "rows.csv").read_text() == "second"


def test_an_error_leaves_the_earlier_output_and_no_litter(target: Path) -> None:
    before = contents(target)
    with pytest.raises(ZeroDivisionError), replaced_directory(target) as staging:  # noqa: PT012
        (staging / "half").write_text("second")
        raise ZeroDivisionError
    assert contents(target) == before
    assert [path.name for path in target.parent.iterdir()] == ["tal"]


def test_an_error_about_an_input_is_not_blamed_on_the_output(target: Path) -> None:
    with (
        pytest.raises(FileNotFoundError, match="no_such_input"),
        replaced_directory(target),
    ):
        (target.parent / "no_such_input").read_text()


# --- killed -----------------------------------------------------------------------------------

CHILD = """
    import sys, time
    from pathlib import Path
    from abm_ml.workflows.output import replaced_directory, replaced_file

    with {writer}(Path(sys.argv[1])) as staging:
        {write}
        print("writing", flush=True)
        time.sleep(60)
"""


def child(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def writing_child(target: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of writing the target."""
    code = CHILD.format(
        writer="replaced_directory", write='(staging / "half.csv").write_text("second")'
    )
    with child(code, target) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        yield process
        process.kill()


def test_a_killed_run_leaves_the_earlier_output_and_a_rerun_finishes(
    target: Path, writing_child: subprocess.Popen[str]
) -> None:
    before = contents(target)
    writing_child.send_signal(signal.SIGKILL)
    writing_child.wait()
    assert contents(target) == before
    assert (target.parent / ".tal.new" / "half.csv").exists()

    write(target, "third")
    assert set(contents(target)) == set(before)
    assert (target / "sub" / "rows.csv").read_text() == "third"
    assert [path.name for path in target.parent.iterdir()] == ["tal"]


def test_two_runs_cannot_write_one_output(
    target: Path, writing_child: subprocess.Popen[str]
) -> None:
    with pytest.raises(OutputError, match="another run is writing it; wait"):
        write(target, "third")
    assert (target.parent / ".tal.new" / "half.csv").exists()


def test_a_killed_run_leaves_the_earlier_file_and_a_rerun_finishes(tmp_path: Path) -> None:
    path = tmp_path / "lookalikes.csv"
    path.write_text("first")
    code = CHILD.format(writer="replaced_file", write='staging.write_text("seco")')
    with child(code, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        process.kill()
    assert path.read_text() == "first"
    with replaced_file(path) as staging:
        staging.write_text("third")
    assert path.read_text() == "third"
    assert [file.name for file in tmp_path.iterdir()] == ["lookalikes.csv"]


def test_directories_are_swapped_in_one_step_so_that_readers_always_find_one(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux swaps two directories in one step")
    before = os.stat(target).st_ino
    renamed: list[str] = []
    monkeypatch.setattr(os, "rename", lambda old, new: renamed.append(str(old)))
    write(target, "second")
    assert renamed == []
    assert os.stat(target).st_ino != before
    assert (target / "sub" / "rows.csv").read_text() == "second"


def test_without_an_exchange_the_swap_takes_two_steps(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_exchange", lambda first, second: False)
    write(target, "second")
    assert (target / "sub" / "rows.csv").read_text() == "second"
    assert [path.name for path in target.parent.iterdir()] == ["tal"]


def test_a_run_killed_between_the_two_steps_is_mended_by_the_next(target: Path) -> None:
    before = contents(target)
    os.rename(target, target.with_name(".tal.old"))
    with pytest.raises(ZeroDivisionError), replaced_directory(target):
        raise ZeroDivisionError
    assert contents(target) == before


# --- disks that refuse -------------------------------------------------------------------------

FULL_DISK = """
    import resource, sys
    from pathlib import Path
    from abm_ml.data.crm import connect
    from abm_ml.errors import OutputError
    from abm_ml.workflows.output import replaced_directory

    def python(staging):
        (staging / "rows.csv").write_text("x" * 100_000)

    def arrow(staging):
        import pyarrow as pa, pyarrow.parquet as pq
        pq.write_table(pa.table({"a": [str(i * i) for i in range(100_000)]}), staging / "rows")

    def duckdb(staging):
        query = "copy (select hash(range) from range(100_000)) to '{}' (format parquet)"
        con.raw_sql(query.format(staging / "rows"))

    con = connect()
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    for write in (python, arrow, duckdb):
        try:
            with replaced_directory(Path(sys.argv[1])) as staging:
                write(staging)
        except OutputError as error:
            print(error)
"""


def test_a_full_disk_ends_in_one_sentence_whoever_was_writing(target: Path) -> None:
    before = contents(target)
    with child(FULL_DISK, target) as process:
        printed, complaints = process.communicate()
    assert complaints == ""
    sentence = (
        f"{target}: cannot be written (File too large); raise the file size limit, or choose a "
        "directory on another disk; what was there before is untouched"
    )
    assert printed.splitlines() == [sentence] * 3
    assert contents(target) == before
    assert [path.name for path in target.parent.iterdir()] == ["tal"]


def test_no_space_left_names_the_remedy(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"No space left on device.*free some space"),
        replaced_directory(tmp_path / "tal"),
        open("/dev/full", "w") as full,
    ):
        full.write("x")


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="a part of this path is a file"):
        write(tmp_path / "file" / "tal", "first")
    with pytest.raises(OutputError, match="a part of this path is a file"):
        write(tmp_path / "file" / "deeper" / "tal", "first")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system without writes")
def test_a_file_system_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(OutputError, match=r"/proc/tal: cannot be written .*; choose another"):
        write(Path("/proc/tal"), "first")
    with (
        pytest.raises(OutputError, match=r"/proc/rows\.csv: cannot be written"),
        replaced_file("/proc/rows.csv") as staging,
    ):
        staging.write_text("first")


# --- what is not ours --------------------------------------------------------------------------


def test_a_directory_that_we_did_not_write_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "summary.json").write_text("mine")
    with pytest.raises(OutputError, match=r"was not written by abm.*choose a new or empty"):
        write(tmp_path / "home", "first")
    assert contents(tmp_path / "home") == {"summary.json": b"mine"}


def test_a_refusal_comes_before_the_work(target: Path) -> None:
    (target / "notes.txt").write_text("call Ada")
    started = False
    with pytest.raises(OutputError, match=r"notes\.txt"), replaced_directory(target):
        started = True
    assert not started


def test_a_file_added_to_our_output_by_a_person_is_not_lost(target: Path) -> None:
    (target / "notes.txt").write_text("call Ada")
    with pytest.raises(OutputError, match=r"tal/notes.txt: was not written by abm.*move it"):
        write(target, "second")
    assert (target / "notes.txt").read_text() == "call Ada"
    assert (target / "sub" / "rows.csv").read_text() == "first"


def test_a_file_added_while_we_were_writing_is_not_lost(target: Path) -> None:
    with pytest.raises(OutputError, match=r"notes.txt"), replaced_directory(target):
        (target / "notes.txt").write_text("call Ada")
    assert (target / "notes.txt").read_text() == "call Ada"


def test_what_a_desktop_leaves_in_directories_does_not_stop_a_run(target: Path) -> None:
    (target / ".DS_Store").write_bytes(b"\x00")
    write(target, "second")
    assert (target / "sub" / "rows.csv").read_text() == "second"


def test_an_empty_directory_is_used(tmp_path: Path) -> None:
    (tmp_path / "tal").mkdir(mode=0o700)
    write(tmp_path / "tal", "first")
    assert (tmp_path / "tal" / "sub" / "rows.csv").read_text() == "first"
    assert (tmp_path / "tal").stat().st_mode & 0o777 == 0o700


def test_a_file_is_no_directory_to_write_into(tmp_path: Path) -> None:
    (tmp_path / "tal").write_text("mine")
    with pytest.raises(OutputError, match="tal: is a file; name a directory"):
        write(tmp_path / "tal", "first")
    assert (tmp_path / "tal").read_text() == "mine"


def test_the_working_directory_and_the_root_are_refused(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(target)
    with pytest.raises(OutputError, match="is the directory you are in"):
        write(Path("."), "second")
    with pytest.raises(OutputError, match="is the root of the disk"):
        write(Path("/"), "second")


# --- one file ----------------------------------------------------------------------------------


def test_a_file_is_replaced_on_success_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("first")
    path.chmod(0o600)
    with replaced_file(path) as staging:
        assert staging.name == "people.csv"
        staging.write_text("second")
        assert path.read_text() == "first"
    assert path.read_text() == "second"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_directory_is_no_file_to_write(tmp_path: Path) -> None:
    (tmp_path / "tal").mkdir()
    with (
        pytest.raises(OutputError, match="is a directory; name a file"),
        replaced_file(tmp_path / "tal") as staging,
    ):
        staging.write_text("first")
