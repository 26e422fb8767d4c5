"""The public names: all there, and cheap to import."""

from __future__ import annotations

import subprocess
import sys

import pytest

import abm_ml


@pytest.mark.parametrize("name", abm_ml.__all__)
def test_public_name_resolves_and_is_documented(name: str) -> None:
    assert getattr(abm_ml, name).__doc__


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = abm_ml.nothing


def test_importing_the_package_and_its_command_line_loads_nothing_heavy() -> None:
    heavy = (
        "{'pandas', 'pyarrow', 'sklearn', 'lightgbm', 'ibis', 'mlflow', 'matplotlib', 'pydantic'}"
    )
    code = f"import abm_ml, abm_ml.cli, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
