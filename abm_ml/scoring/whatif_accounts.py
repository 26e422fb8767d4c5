"""What is known of every account before any tier, so that other rules can be tried on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.features.qualifying import qualifying_events
from abm_ml.rules.mqa_arrivals import DAYS, Lately, lately
from abm_ml.rules.score import priority
from abm_ml.scoring.assessment import Assessment
from abm_ml.scoring.decisions import QUALIFYING_SPINE, mqa_decay, mqa_events
from abm_ml.scoring.drafts import draft_of
from abm_ml.scoring.evaluation import Evaluation
from abm_ml.scoring.fusion import fusion_parts, fusion_weights
from abm_ml.scoring.inputs import Inputs, read_inputs
from abm_ml.scoring.judgement import Judgement, judge
from abm_ml.scoring.people import people_of
from abm_ml.scoring.propensity import Predictions, predict
from abm_ml.scoring.run import Run
from abm_ml.scoring.scope import read_scope

Numbers = NDArray[np.float64]

PARTS = ("firmographic", "technographic", "intent", "engagement")
"""Parts of the account score."""

_PREDICTED = ("propensity", "propensity_low", "propensity_high", "expected_amount")

_NEEDED = (
    "account_id", "name", "reason", "knocked_out", "holdout", "off_list", "similarity", "past_won",
    "open_opportunities", "mqa_points_micro", "engaged_contacts", "contacts", "call_contact",
    "call_decides", "rejected_at", "won_elsewhere",
)  # fmt: skip

_IF_THERE = (*PARTS, "minutes_micro", *_PREDICTED)


@dataclass(frozen=True)
class Accounts:
    """Every account of the universe as the rules see it, slice after slice.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of the drafts (`drafts.draft_of`) that do not depend on tiers.
    lately : Lately
        What they had at the starts of the last weeks' days.
    of_rejected : pyarrow.Table or None
        Events that count for MQA of the accounts that sales rejected, as `mqa_events` gives
        them: they tell who qualified anew. None: there are no such accounts.
    """

    table: pa.Table
    lately: Lately
    of_rejected: pa.Table | None = None

    def __len__(self) -> int:
        return self.table.num_rows

    def floats(self, column: str) -> Numbers:
        """A column as floats; NaN for null, and where the run has no such column."""
        if column not in self.table.column_names:
            return np.full(len(self), np.nan)
        return np.asarray(pc.fill_null(self.table[column].cast(pa.float64()), np.nan))

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Accounts that are scored."""
        return np.asarray(pc.is_null(self.table["reason"]), dtype=bool)


def accounts_of(evaluation: Evaluation) -> Accounts:
    """What an evaluation knows of its accounts."""
    drafts = evaluation.drafts
    tables = [_needed(drafts.accounts(number)) for number in range(len(drafts))]
    return _together(evaluation.slices, evaluation.run, tables)


def judged_anew(slices: Sequence[Crm], run: Run, before: Accounts) -> Accounts:
    """The same accounts under a rule book that asks for other inputs.

    What the model said and similarity are kept; only accounts that are scored now and were
    not before are asked of the model.

    Parameters
    ----------
    slices : sequence of Crm
        Those of the evaluation.
    run : Run
        With the other rule book.
    before : Accounts
        As `accounts_of` gave them.
    """
    tables, start = [], 0
    for crm in slices:
        inputs = read_inputs(crm, run.params, run.as_of, run.scope, run.product)
        known = before.table.slice(start, len(inputs))
        start += len(inputs)
        assessed = _assessed(crm, run, inputs, Accounts(known, before.lately))
        tables.append(_needed(draft_of(run, assessed).accounts))
    return _together(slices, run, tables)


def run_under(run: Run, params: Params, crm: Crm | None = None) -> Run:
    """The same run with another rule book; `crm` where inputs are read again."""
    return replace(
        run,
        params=params,
        scope=run.scope if crm is None else read_scope(crm, params, run.as_of),
        fusion_weights=fusion_weights(params, run.predictor, run.likeness is not None),
    )


def amount_spread(crm: Crm, as_of: datetime, cap: float | None = None) -> float:
    """Squared coefficient of variation of the amounts won before as_of; 0 where none is known.

    Amounts count up to `cap`, as they did when the expected amounts were learned.
    """
    table = crm.table("opportunities")
    won = table.filter(table.is_won & (table.closed_at < as_of) & (table.amount > 0))
    money = np.sort(np.asarray(crm.to_arrow(won.select("amount"))["amount"], dtype=np.float64))
    money = np.minimum(money, cap) if cap else money
    return float(np.var(money) / np.mean(money) ** 2) if len(money) > 1 else 0.0


def _needed(draft: pa.Table) -> pa.Table:
    return draft.select([*_NEEDED, *(name for name in _IF_THERE if name in draft.column_names)])


def _together(slices: Sequence[Crm], run: Run, tables: list[pa.Table]) -> Accounts:
    pairs = list(zip(slices, tables, strict=True))
    parts = [_lately(crm, run, table) for crm, table in pairs]
    starts = np.cumsum([0, *(table.num_rows for table in tables)]).tolist()
    events = [
        _of_rejected(crm, run, table, start)
        for (crm, table), start in zip(pairs, starts[:-1], strict=True)
    ]
    told = [one for one in events if one is not None]
    return Accounts(
        pa.concat_tables(tables),
        Lately(
            np.concatenate([part.points for part in parts]),
            np.concatenate([part.contacts for part in parts]),
        ),
        pa.concat_tables(told) if told else None,
    )


def _of_rejected(crm: Crm, run: Run, table: pa.Table, start: int) -> pa.Table | None:
    """Of one slice; row_id counts on from `start`. Rejected accounts are few."""
    rejected = pc.and_(pc.is_valid(table["rejected_at"]), pc.is_null(table["reason"]))
    rows = np.flatnonzero(rejected).tolist()
    if not rows:
        return None
    events = mqa_events(crm, run, table, rows)
    at = events.column_names.index("row_id")
    return events.set_column(at, "row_id", pc.add(events["row_id"], start))


def _lately(crm: Crm, run: Run, table: pa.Table) -> Lately:
    """Of accounts that are scored and have anything that counts."""
    settings, decay = run.params, mqa_decay(run.params)
    counts = "minutes_micro" if settings.mqa.way == "demandbase" else "mqa_points_micro"
    may = np.asarray(pc.is_null(table["reason"])) & (np.asarray(table[counts]) > 0)
    rows = pa.array(np.flatnonzero(may))
    spine = pa.table(
        {
            "row_id": rows,
            "account_id": table["account_id"].take(rows),
            "as_of": pa.repeat(pa.scalar(run.as_of, pa.timestamp("us")), len(rows)),
        }
    )
    events = qualifying_events(
        crm,
        crm.register(QUALIFYING_SPINE, spine),
        settings.mqa,
        settings.engagement,
        window_days=settings.mqa.window_days + DAYS,
    )
    return lately(crm.to_arrow(events), run.as_of.date(), decay, table.num_rows)


def _assessed(crm: Crm, run: Run, inputs: Inputs, known: Accounts) -> Assessment:
    """A slice judged anew, with what is known of propensity and similarity."""
    judged = judge(inputs, run.params, run.motion, run.decisions)
    predictions = _predictions(crm, run, inputs, judged, known)
    similarity = known.floats("similarity")
    parts = fusion_parts(
        judged.account_score,
        predictions.propensity if predictions else None,
        run.predictor.base_rate if run.predictor else None,
        similarity if run.likeness else None,
    )
    return Assessment(
        inputs=inputs,
        judged=judged,
        predictions=predictions,
        similarity=similarity,
        nearest_seed=pa.nulls(len(inputs), pa.string()),
        priority=np.where(judged.kept, priority(parts, run.fusion_weights), np.nan),
        people=people_of(crm, run, inputs),
    )


def _predictions(
    crm: Crm, run: Run, inputs: Inputs, judged: Judgement, known: Accounts
) -> Predictions | None:
    if run.predictor is None:
        return None
    said = [known.floats(name) for name in _PREDICTED]
    unasked = judged.kept & np.isnan(said[0])
    spine = inputs.spine.take(pa.array(np.flatnonzero(unasked)))
    found = predict(run.predictor, crm, spine, len(inputs), run.params.scoring.batch_rows)
    added = (found.propensity, found.low, found.high, found.amount)
    propensity, low, high, amount = (
        np.where(unasked, more, values) for values, more in zip(said, added, strict=True)
    )
    return Predictions(propensity, low, high, np.full(len(inputs), np.nan), amount)
