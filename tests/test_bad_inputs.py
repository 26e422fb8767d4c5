"""Bad input: one clear message with the remedy, exit code 2, the earlier output untouched."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ACCOUNTS = "account_id,name,industry,employees\n" + "".join(
    f"{n:05d},Company {n},Software,{100 + n}\n" for n in range(1, 41)
)
OPPORTUNITIES = "opportunity_id,account_id,created_at,stage,closed_at\n" + "".join(
    f"o{n},{n:05d},2025-03-{1 + n % 28:02d},Closed Lost,2025-05-{1 + n % 28:02d}\n"
    for n in range(1, 41)
)


def _write(folder: Path, **files: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return folder


def _digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def work(tmp_path: Path, abm: Callable[..., Any]) -> Path:
    """An earlier output that must survive whatever comes."""
    good = _write(tmp_path / "good", accounts=ACCOUNTS, opportunities=OPPORTUNITIES)
    assert abm("prepare", good, "--out", tmp_path / "work").code == 0
    return tmp_path / "work"


EXPORTS: dict[str, tuple[dict[str, str | bytes], str]] = {
    "missing column": (
        {"accounts": ACCOUNTS.replace("name", "Nmae", 1)},
        r"accounts.*required column 'name' is missing; found .*'?Nmae'? .*row 1.*rename.*map",
    ),
    "UTF-16": ({"accounts": ACCOUNTS.encode("utf-16")}, r"accounts\.csv.*UTF-16.*UTF-8"),
    "Latin-1": (
        {"accounts": ACCOUNTS.replace("Company 7,", "Müller Söhne,").encode("latin-1")},
        r"accounts\.csv.*UTF-8",
    ),
    "empty file": ({"accounts": ""}, r"accounts\.csv.*empty"),
    "header only": ({"accounts": "account_id,name\n"}, r"accounts\.csv.*no rows"),
    "duplicate header": (
        {"accounts": ACCOUNTS.replace("industry", "name", 1)},
        r"accounts\.csv row 1: two columns are called 'name'.*rename",
    ),
    "ambiguous dates": (
        {
            "accounts": ACCOUNTS,
            "opportunities": "opportunity_id,account_id,created_at,stage\n"
            "o1,00001,03/04/2025,Open\n",
        },
        r"opportunities\.csv.*created_at.*03/04/2025.*date_order",
    ),
    "contradicting dates": (
        {
            "accounts": ACCOUNTS,
            "opportunities": "opportunity_id,account_id,created_at,stage\n"
            "o1,00001,13/04/2025,Open\no2,00002,04/13/2025,Open\n",
        },
        r"opportunities\.csv.*created_at.*13/04/2025.*04/13/2025",
    ),
    "unreadable dates": (
        {"accounts": ACCOUNTS, "opportunities": OPPORTUNITIES.replace("2025-03-", "2025-13-")},
        r"opportunities\.csv row 2, created_at: .*2025-13-.*not a date",
    ),
    "lost leading zeros": (
        {
            "accounts": ACCOUNTS,
            "opportunities": OPPORTUNITIES.replace(",000", ",").replace(",00", ","),
        },
        r"opportunities\.csv.*leading zeros.*text",
    ),
    "negative employees": (
        {"accounts": ACCOUNTS.replace("Software,1", "Software,-1")},
        r"accounts\.csv row 2, employees: .*-101.*",
    ),
    "no CRM files": ({"weather": "day,rain\n1,2\n"}, r"no .*(CRM|table|accounts)"),
}


@pytest.mark.parametrize("case", EXPORTS)
def test_export_is_refused_and_the_earlier_output_stays(
    case: str, tmp_path: Path, work: Path, abm: Callable[..., Any]
) -> None:
    files, message = EXPORTS[case]
    before = _digest(work)
    ended = abm("prepare", _write(tmp_path / "bad", **files), "--out", work)
    assert ended.code == 2
    assert ended.err.startswith("abm: ")
    assert len(ended.err.strip().splitlines()) == 1
    _match(ended.err, message)
    assert _digest(work) == before


def _match(text: str, pattern: str) -> None:
    assert re.search(pattern, text), f"{text!r} does not match {pattern!r}"


WORDS: dict[str, tuple[tuple[str, ...], str]] = {
    "no such directory": (("prepare", "{tmp}/nowhere", "--out", "{work}"), r"nowhere.*"),
    "unknown dialect": (
        ("prepare", "{tmp}/good", "--out", "{work}", "--dialect", "sapp"),
        r"sapp.*canonical, salesforce, hubspot, zh",
    ),
    "mapping of an unknown column": (
        ("prepare", "{tmp}/good", "--out", "{work}", "--mapping", "{tmp}/mapping.yaml"),
        r"mapping\.yaml.*nmae.*name",
    ),
    "params typo": (
        ("prepare", "{tmp}/good", "--out", "{work}", "--params", "{tmp}/typo.yaml"),
        r"propensity\.num_leavs: no such setting \(did you mean num_leaves\?\)",
    ),
    "contradicting thresholds": (
        ("score", "--data", "{work}", "--out", "{tmp}/tal", "--params", "{tmp}/thresholds.yaml"),
        r"tier_1_at > tier_2_at > tier_3_at\. Supplied values 50, 60, 0",
    ),
    "no won rows": (
        ("train", "--data", "{work}", "--models", "{tmp}/models"),
        r"no won|0 won",
    ),
    "not prepared": (
        ("score", "--data", "{tmp}/good", "--out", "{tmp}/tal"),
        r"no prepared tables here; run  abm prepare",
    ),
    "unknown motion": (
        ("score", "--data", "{work}", "--out", "{tmp}/tal", "--motion", "acquir"),
        r"motion must be one of acquire, accelerate, expand, all\. Supplied value 'acquir'",
    ),
    "as-of is no date": (
        ("score", "--data", "{work}", "--out", "{tmp}/tal", "--as-of", "yesterday"),
        r"'yesterday' is not a date \(expected YYYY-MM-DD",
    ),
    "unknown language": (
        ("score", "--data", "{work}", "--out", "{tmp}/tal", "--lang", "de"),
        r"lang must be one of en, zh\. Supplied value 'de'",
    ),
    "unknown version": (
        ("score", "--data", "{work}", "--out", "{tmp}/tal", "--version", "7"),
        r"no model is registered; run  abm train",
    ),
    "unknown account": (("why", "0001", "--data", "{work}"), r"no account '0001'.*did you mean 0"),
    "no such universe": (
        ("index", "--data", "{work}", "--models", "{tmp}/models", "--universe", "{tmp}/no.csv"),
        r"no\.csv: no such file",
    ),
    "no index yet": (
        ("expand", "{tmp}/seeds.csv", "--data", "{work}", "--models", "{tmp}/models"),
        r"there is no look-alike index yet; run  abm index",
    ),
    "no condition": (
        ("expand", "{tmp}/seeds.csv", "--data", "{work}", "--where", "country"),
        r"'country' is no condition: expected column=value",
    ),
    "no seeds": (("expand", "--data", "{work}"), r"name a list of seeds"),
    "no such accounts list": (
        ("contacts", "--accounts", "{tmp}/no.csv", "--data", "{work}"),
        r"no\.csv: no such file",
    ),
    "nothing to promote": (("promote", "--models", "{tmp}/models"), r"run  abm train"),
    "output would replace other files": (
        ("score", "--data", "{work}", "--out", "{tmp}/good"),
        r"good: holds files and was not written by abm",
    ),
    "output below a file": (
        ("score", "--data", "{work}", "--out", "{tmp}/typo.yaml/tal"),
        r"typo\.yaml/tal: cannot be written .*choose another directory",
    ),
}


@pytest.mark.parametrize("case", WORDS)
def test_call_is_refused_and_the_earlier_output_stays(
    case: str, tmp_path: Path, work: Path, abm: Callable[..., Any]
) -> None:
    words, message = WORDS[case]
    (tmp_path / "typo.yaml").write_text("propensity: {num_leavs: 3}\n")
    (tmp_path / "thresholds.yaml").write_text("tiers: {tier_1_at: 50}\n")
    (tmp_path / "mapping.yaml").write_text("tables: {accounts: {columns: {nmae: name}}}\n")
    before = _digest(tmp_path)
    ended = abm(*(word.format(tmp=tmp_path, work=work) for word in words))
    assert ended.code == 2
    assert ended.err.startswith("abm: ")
    _match(ended.err, message)
    after = {path: digest for path, digest in _digest(tmp_path).items() if path in before}
    assert after == before


def test_one_won_opportunity_is_too_few_for_a_model(
    tmp_path: Path, abm: Callable[..., Any]
) -> None:
    one_won = OPPORTUNITIES.replace("Closed Lost", "Closed Won", 1)
    exports = _write(tmp_path / "exports", accounts=ACCOUNTS, opportunities=one_won)
    assert abm("prepare", exports, "--out", tmp_path / "work").code == 0
    ended = abm("train", "--data", tmp_path / "work", "--models", tmp_path / "models")
    assert ended.code == 2
    _match(ended.err, r"1 won.*40")
    assert abm("score", "--data", tmp_path / "work", "--out", tmp_path / "tal").code == 0


def test_full_disk_is_said_and_the_earlier_output_stays(tmp_path: Path, work: Path) -> None:
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)); "
        "from abm_ml.cli import main; main()"
    )
    before = _digest(work)
    ended = subprocess.run(
        [sys.executable, "-c", limited, "prepare", str(tmp_path / "good"), "--out", str(work)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    _match(ended.stderr, r"abm: .*work: cannot be written .*what was there before is untouched")
    assert _digest(work) == before
