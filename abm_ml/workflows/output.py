"""Outputs that appear as a whole or not at all.

A result is written into a staging directory beside its target and then takes the target's
place in one step. Whatever goes wrong before (an error, Ctrl-C, a killed process, a full disk),
the earlier output stays as it was, and the next run clears away what the broken one left.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from abm_ml.errors import OutputError, ParamsError

MARKER = ".abm-output"
"""File in each output directory that names what we wrote there, one entry a line."""

_DESKTOP_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})

_REMEDIES = {
    errno.ENOSPC: "free some space, or choose a directory on another disk",
    errno.EDQUOT: "free some of your quota, or choose a directory on another disk",
    errno.EFBIG: "raise the file size limit, or choose a directory on another disk",
    errno.EROFS: "choose a directory on a disk that can be written",
    errno.EACCES: "choose a directory that you may write to, or change its permissions",
    errno.EPERM: "choose a directory that you may write to, or change its permissions",
    errno.EXDEV: "it is a mount point: choose a directory inside it",
    errno.EBUSY: "it is a mount point: choose a directory inside it",
    errno.ENOTDIR: "a part of this path is a file: choose another directory",
    errno.EEXIST: "a part of this path is a file: choose another directory",
}

_DISK_FAULTS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


@contextmanager
def replaced_directory(target: str | Path) -> Iterator[Path]:
    """A staging directory that takes the target's place when the block ends well.

    Parameters
    ----------
    target : str or Path
        The output directory; created with its parents where absent. An earlier output of ours
        is replaced as a whole.

    Yields
    ------
    Path
        An empty directory to write into.

    Raises
    ------
    OutputError
        If the target holds files that we did not write, cannot be written, or another run is
        writing it; what was there is untouched.
    """
    target = Path(target).resolve()
    with _staging(target) as staging:
        _refuse_foreign(target)
        yield staging
        _refuse_foreign(target)
        names = sorted(path.name for path in staging.iterdir())
        (staging / MARKER).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        if target.exists():
            shutil.copymode(target, staging)
        _swap_in(staging, target)


@contextmanager
def replaced_file(target: str | Path) -> Iterator[Path]:
    """A staging path, of the same name, whose file takes the target's place on success.

    Parameters
    ----------
    target : str or Path
        The output file; its parent directories are created where absent.

    Yields
    ------
    Path
        Where to write the file.

    Raises
    ------
    OutputError
        If the target is a directory or cannot be written; what was there is untouched.
    """
    target = Path(target).resolve()
    with _staging(target) as staging:
        if target.is_dir():
            raise OutputError(f"{target}: is a directory; name a file to write")
        yield staging / target.name
        if target.exists():
            shutil.copymode(target, staging / target.name)
        os.replace(staging / target.name, target)


def with_ending(file: Path, ending: str) -> Path:
    """The file beside another that is called like it but for its ending.

    >>> with_ending(Path("lists/alike.csv"), "-seeds.csv").name
    'alike-seeds.csv'

    Raises
    ------
    ParamsError
        If the path names no file.
    """
    if not file.name:
        raise ParamsError(f"{str(file)!r}: names no file to write, such as  alike.csv")
    return file.with_name(f"{file.stem}{ending}")


def refuse_collisions(written: Mapping[str, Path], read: Iterable[Path | None] = ()) -> None:
    """Refuse to write two results to one file, or one over a file that is read.

    Parameters
    ----------
    written : mapping of str to Path
        What is written, and where.
    read : iterable of Path or None
        Files that are read; None where one is not given.

    Raises
    ------
    ParamsError
        Before anything is done.
    """
    taken: dict[Path, str] = {}
    for name, file in written.items():
        before = taken.setdefault(file.resolve(), name)
        if before != name:
            raise ParamsError(
                f"{file}: {before} and {name} would both be written there; choose another  --out"
            )
    for one in read:
        if one is not None and one.resolve() in taken:
            raise ParamsError(f"{one}: is read and would be written over; choose another  --out")


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """An empty directory beside the target, locked while we write and removed afterwards."""
    if not target.name:
        raise OutputError(f"{target}: is the root of the disk; name a directory inside it")
    staging = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = _lock(staging, target)
        try:
            _recover(target)
            _empty(staging)
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)
            os.close(lock)
    except (OSError, duckdb.IOException) as error:
        if not _is_ours(error, staging, target):
            raise
        raise OutputError(_sentence(error, target)) from error


def _lock(staging: Path, target: Path) -> int:
    """Hold the staging directory for this process; the system lets go when the process dies."""
    while True:
        staging.mkdir(exist_ok=True)
        lock = os.open(staging, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise OutputError(
                f"{target}: another run is writing it; wait until it is done, "
                "or choose another directory"
            ) from error
        if staging.exists() and os.path.samestat(os.fstat(lock), staging.stat()):
            return lock
        os.close(lock)  # Another run finished in between and moved or removed what we locked.


def _refuse_foreign(target: Path) -> None:
    """Refuse to replace anything that an earlier run did not write."""
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target}: is a file; name a directory to write into")
    if Path.cwd().is_relative_to(target):
        raise OutputError(
            f"{target}: is the directory you are in and cannot be replaced; "
            "name a directory inside it"
        )
    if not target.exists() or not any(target.iterdir()):
        return
    if not (target / MARKER).is_file():
        raise OutputError(
            f"{target}: holds files and was not written by abm, so it is not replaced; "
            "choose a new or empty directory"
        )
    ours = {MARKER, *(target / MARKER).read_text(encoding="utf-8").splitlines()}
    for name in sorted({path.name for path in target.iterdir()} - ours - _DESKTOP_FILES):
        raise OutputError(
            f"{target / name}: was not written by abm and would be lost; "
            "move it elsewhere, or choose another directory"
        )


def _swap_in(staging: Path, target: Path) -> None:
    """Put the staging directory where the target is, in one step where the system can."""
    if not target.exists():
        os.rename(staging, target)
    elif not _exchange(staging, target):
        _swap_in_two_steps(staging, target)


def _exchange(first: Path, second: Path) -> bool:
    """Swap two directories in one step; False where this system or disk cannot."""
    at_working_directory, swap = -100, 2  # AT_FDCWD and RENAME_EXCHANGE, linux/fs.h
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    paths = (os.fsencode(first), os.fsencode(second))
    done = renameat2(at_working_directory, paths[0], at_working_directory, paths[1], swap)
    return bool(done == 0)


def _swap_in_two_steps(staging: Path, target: Path) -> None:
    """Move the target aside, then the staging directory in; `_recover` mends a kill between."""
    aside = _aside(target)
    os.rename(target, aside)
    os.rename(staging, target)
    shutil.rmtree(aside, ignore_errors=True)


def _recover(target: Path) -> None:
    """Bring back the output that a run killed between the two steps had moved aside."""
    aside = _aside(target)
    if not aside.exists():
        return
    if target.exists():
        shutil.rmtree(aside)
    else:
        os.rename(aside, target)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _empty(directory: Path) -> None:
    """Remove everything in a directory."""
    for path in directory.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _is_ours(error: OSError | duckdb.IOException, staging: Path, target: Path) -> bool:
    """Whether an error is about writing the output (and not about reading some input)."""
    if isinstance(error, duckdb.IOException):
        return str(staging) in str(error) or _number(error) in _DISK_FAULTS
    named = [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if name]
    about_output = any(path.is_relative_to(staging) or path in _chain(target) for path in named)
    return error.errno in _DISK_FAULTS or about_output


def _chain(target: Path) -> set[Path]:
    """The target, what lies beside it for us, and the directories above it."""
    return {target, _aside(target), *target.parents}


def _number(error: OSError | duckdb.IOException) -> int:
    """The system's error number; DuckDB only quotes its words."""
    if isinstance(error, OSError):
        return error.errno or 0
    return next((number for number in _REMEDIES if os.strerror(number) in str(error)), 0)


def _sentence(error: OSError | duckdb.IOException, target: Path) -> str:
    """What happened to the output and what to do, in one sentence."""
    number = _number(error)
    what = os.strerror(number) if number else str(error).splitlines()[0]
    remedy = _REMEDIES.get(number, "choose another directory")
    return f"{target}: cannot be written ({what}); {remedy}; what was there before is untouched"
