"""Law 7: what is loaded predicts the same, and loading runs no code from the files."""

import io
import json
import pickle
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm_ml.errors import ArtefactError, OutputError
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.encoder import Encoder
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.leaks import Leak
from abm_ml.propensity.persist import (
    ARRAYS_FILE,
    JSON_FILE,
    TREES_FILE,
    TrainedPropensity,
    load_propensity,
    save_propensity,
)
from abm_ml.propensity.value import AmountModel

Rows = tuple[pd.DataFrame, np.ndarray]
MixedRows = Callable[..., tuple[pd.DataFrame, np.ndarray]]
QuickModel = Callable[..., PropensityModel]


FRAME = pd.DataFrame({"employees": np.arange(60.0), "industry": ["Software", "制造业", None] * 20})
WIDTH = Encoder.fit(FRAME).encode(FRAME).linear.shape[1]
AMOUNTS = AmountModel(
    mean=5.0,
    cap=99.0,
    capped=1,
    encoder=Encoder.fit(FRAME),
    coefficients=np.linspace(-1, 1, WIDTH),
    centre=np.linspace(0, 1, WIDTH),
    level=1.5,
)


FUSION = {
    "why": "learned",
    "weights": {"account_score": 0.25, "propensity": 0.75},
    "weights_with_similarity": None,
    "evidence": {"rows": 9_876},
}


def bundle(model: PropensityModel) -> TrainedPropensity:
    """A model with everything that can be kept beside it."""
    return TrainedPropensity(
        model=model,
        spec=FeatureSpec(columns=("employees", "intent:crm")),
        target="conversion",
        verdict="weak",
        base_rate=0.25,
        horizon_days=180,
        expected_amount=1e5,
        report={"auc": 0.7, "folds": [{"start": None}]},
        leaks=(Leak("probability", "its name", "reads as a forecast"),),
        as_of=datetime(2026, 1, 1),
        seed=7,
        facts={"rows": 600},
        amounts=AMOUNTS,
        fusion=FUSION,
    )


@pytest.fixture
def saved(fitted: PropensityModel, tmp_path: Path) -> Path:
    """A saved bundle."""
    save_propensity(bundle(fitted), tmp_path / "model")
    return tmp_path / "model"


def test_a_loaded_model_predicts_and_explains_the_same(
    fitted: PropensityModel, rows: Rows, saved: Path
) -> None:
    loaded = load_propensity(saved).model
    np.testing.assert_array_equal(fitted.predict_proba(rows[0]), loaded.predict_proba(rows[0]))
    np.testing.assert_array_equal(
        fitted.predict_interval(rows[0]), loaded.predict_interval(rows[0])
    )
    pd.testing.assert_frame_equal(fitted.explain(rows[0].head(3)), loaded.explain(rows[0].head(3)))


def test_loaded_amounts_are_the_same(saved: Path) -> None:
    loaded = load_propensity(saved).amounts
    assert loaded is not None
    np.testing.assert_array_equal(loaded.predict(FRAME), AMOUNTS.predict(FRAME))


@pytest.mark.parametrize(
    "params",
    [
        {"num_leaves": ()},
        {"regularisation": ()},
        {"max_trees": 10},
        {"monotone": {"employees": 1, "founded": -1}},
    ],
    ids=str,
)
def test_every_kind_of_model_comes_back(
    params: dict[str, object], tmp_path: Path, mixed_rows: MixedRows, quick_model: QuickModel
) -> None:
    X, y = mixed_rows(200, seed=3)
    model = quick_model(**params).fit(X, np.where(y == 1, "won", "lost"))
    save_propensity(bundle(model), tmp_path)
    loaded = load_propensity(tmp_path).model
    np.testing.assert_array_equal(model.predict_proba(X), loaded.predict_proba(X))
    assert loaded.classes_.tolist() == ["lost", "won"]
    assert loaded.monotone == model.monotone


def test_a_model_of_an_array_comes_back(tmp_path: Path, quick_model: QuickModel) -> None:
    X = np.random.default_rng(0).normal(size=(80, 2))
    model = quick_model().fit(X, X[:, 0] > 0)
    save_propensity(bundle(model), tmp_path)
    loaded = load_propensity(tmp_path).model
    np.testing.assert_array_equal(model.predict_proba(X), loaded.predict_proba(X))
    assert not hasattr(loaded, "feature_names_in_")


def test_what_was_kept_beside_the_model_comes_back(fitted: PropensityModel, saved: Path) -> None:
    before, after = bundle(fitted), load_propensity(saved)
    for name in ("spec", "target", "verdict", "base_rate", "horizon_days", "expected_amount",
                 "report", "leaks", "as_of", "seed", "facts", "fusion"):  # fmt: skip
        assert getattr(after, name) == getattr(before, name), name


def test_saving_twice_writes_the_same_files(fitted: PropensityModel, tmp_path: Path) -> None:
    written = []
    for name in ("one", "other"):
        save_propensity(bundle(fitted), tmp_path / name)
        written.append({f.name: f.read_bytes() for f in (tmp_path / name).iterdir()})
    assert written[0] == written[1]
    assert set(written[0]) == {JSON_FILE, ARRAYS_FILE, TREES_FILE}


class Bomb:
    """Runs code when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("way", ["bare pickle", "pickled array"])
def test_a_pickle_bomb_is_refused_and_does_not_go_off(
    way: str, saved: Path, tmp_path: Path
) -> None:
    exploded = tmp_path / "exploded"
    content = io.BytesIO()
    if way == "bare pickle":
        content.write(pickle.dumps(Bomb(exploded)))
    else:
        np.savez(content, a0=np.array([Bomb(exploded)], dtype=object), allow_pickle=True)
    (saved / ARRAYS_FILE).write_bytes(content.getvalue())
    with pytest.raises(ArtefactError, match=r"the files are not a model|cannot be read"):
        load_propensity(saved)
    assert not exploded.exists()


def test_a_missing_file_is_refused(saved: Path) -> None:
    (saved / ARRAYS_FILE).unlink()
    with pytest.raises(ArtefactError, match="the model cannot be read"):
        load_propensity(saved)


@pytest.mark.parametrize("text", ["", "[]", "not json", '{"format": "something else"}'])
def test_another_file_is_refused(saved: Path, text: str) -> None:
    (saved / JSON_FILE).write_text(text)
    with pytest.raises(ArtefactError, match=r"not a model that abm_ml wrote|is not 'abm_ml"):
        load_propensity(saved)


def test_a_part_that_is_missing_inside_is_refused(saved: Path) -> None:
    content = json.loads((saved / JSON_FILE).read_text())
    del content["scorer"]["bands"]
    (saved / JSON_FILE).write_text(json.dumps(content))
    with pytest.raises(ArtefactError, match="'bands'"):
        load_propensity(saved)


def test_negative_weights_of_priority_are_refused(saved: Path) -> None:
    content = json.loads((saved / JSON_FILE).read_text())
    content["fusion"]["weights"]["account_score"] = -0.25
    (saved / JSON_FILE).write_text(json.dumps(content))
    with pytest.raises(ArtefactError, match=r"fusion\.weights must be 0 or more"):
        load_propensity(saved)


def test_a_model_from_before_weights_were_learned_still_loads(saved: Path) -> None:
    content = json.loads((saved / JSON_FILE).read_text())
    del content["fusion"]
    (saved / JSON_FILE).write_text(json.dumps(content))
    assert load_propensity(saved).fusion is None


def test_a_place_that_cannot_be_written_is_named(fitted: PropensityModel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="the model could not be written"):
        save_propensity(bundle(fitted), tmp_path / "file" / "model")
