"""What was changed after it was saved is refused, and named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from abm_ml.errors import ArtefactError
from abm_ml.tracking.artefacts import MANIFEST, verify_manifest, write_manifest


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A directory of files with its manifest."""
    directory = tmp_path / "model"
    (directory / "parts").mkdir(parents=True)
    (directory / "card.json").write_text("{}")
    (directory / "parts" / "树.txt").write_text("tree 1")
    write_manifest(directory)
    return directory


def test_the_manifest_names_every_file_with_size_and_hash(saved: Path) -> None:
    files = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))["files"]
    empty_object = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert files["card.json"] == {"bytes": 2, "sha256": empty_object}
    assert set(files) == {"card.json", "parts/树.txt"}


def test_files_pass_until_one_is_touched_and_again_once_it_is_restored(saved: Path) -> None:
    def refused() -> bool:
        try:
            verify_manifest(saved, digest)
        except ArtefactError:
            return True
        return False

    digest, card = write_manifest(saved), saved / "card.json"
    content = card.read_bytes()
    seen = [refused()]
    for written in (b"[]", content):
        card.write_bytes(written)
        seen.append(refused())
    assert seen == [False, True, False]


def test_a_changed_file_is_refused_even_at_the_same_size(saved: Path) -> None:
    (saved / "parts" / "树.txt").write_text("tree 2")
    with pytest.raises(ArtefactError, match=r"parts/树.txt: changed since it was saved"):
        verify_manifest(saved)


def test_a_missing_file_is_refused(saved: Path) -> None:
    (saved / "card.json").unlink()
    with pytest.raises(ArtefactError, match=r"card.json: missing; restore it"):
        verify_manifest(saved)


def test_an_added_file_is_refused(saved: Path) -> None:
    (saved / "parts" / "extra.pkl").write_bytes(b"x")
    with pytest.raises(ArtefactError, match=r"extra.pkl: not in the manifest"):
        verify_manifest(saved)


def test_a_file_that_became_a_directory_is_refused(saved: Path) -> None:
    (saved / "card.json").unlink()
    (saved / "card.json").mkdir()
    with pytest.raises(ArtefactError, match=r"card.json: missing"):
        verify_manifest(saved)


def test_a_link_to_nowhere_is_refused(saved: Path) -> None:
    (saved / "card.json").unlink()
    (saved / "card.json").symlink_to(saved / "gone")
    with pytest.raises(ArtefactError, match=r"card.json: not a regular file"):
        verify_manifest(saved)


def test_without_a_manifest_nothing_is_trusted(saved: Path) -> None:
    (saved / MANIFEST).unlink()
    with pytest.raises(ArtefactError, match=r"manifest.json: missing"):
        verify_manifest(saved)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": []}', "\xff"])
def test_another_kind_of_manifest_is_refused(saved: Path, text: str) -> None:
    (saved / MANIFEST).write_text(text, encoding="latin-1")
    with pytest.raises(ArtefactError, match=r"manifest.json: not a manifest of ours"):
        verify_manifest(saved)


def test_a_manifest_rewritten_to_fit_a_change_is_refused_by_its_own_digest(saved: Path) -> None:
    registered = write_manifest(saved)
    (saved / "card.json").write_text("[]")
    write_manifest(saved)
    verify_manifest(saved)
    with pytest.raises(ArtefactError, match=r"manifest.json: changed since it was registered"):
        verify_manifest(saved, registered)
