"""`abm index`: prepared accounts, and perhaps a bought list, into a look-alike index."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.lookalike.embedding import Embedding
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.lookalike.weights import learned_weights
from abm_ml.propensity.leaks import Leak, leaking_columns, suspected_leaks
from abm_ml.tracking.indexes import EXPERIMENT, IndexStore
from abm_ml.tracking.runs import TrainingRun, log_training
from abm_ml.workflows.as_of import as_of_or_today
from abm_ml.workflows.left_out import account_states, suppressed_ids
from abm_ml.workflows.result import DONE, Progress, silent
from abm_ml.workflows.universe import Companies, read_universe


@dataclass(frozen=True)
class IndexBuild:
    """A look-alike index, and where it lies.

    Parameters
    ----------
    folder : Path
        Directory of the indexes.
    version : str
        The index's version.
    run_id : str
        MLflow's run.
    kind : str
        exact or approximate.
    recall : float
        Share of the exact best 1,000 that a search finds.
    counts : mapping of str to int
        accounts; crm, and with a bought list bought, in_crm, unclear, new, repeated.
    columns : tuple of str
        What companies are compared by.
    kept_out : mapping of str to str
        Columns that seem to know who was won, with the evidence.
    seconds : float
        What the build took.
    """

    folder: Path
    version: str
    run_id: str
    kind: str
    recall: float
    counts: Mapping[str, int]
    columns: tuple[str, ...]
    kept_out: Mapping[str, str]
    seconds: float

    @property
    def exit_code(self) -> int:
        """Always 0: what cannot be indexed is an error."""
        return DONE

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        told = {name: getattr(self, name) for name in ("version", "run_id", "kind", "recall")}
        return {
            **told,
            "folder": str(self.folder),
            "accounts": dict(self.counts),
            "columns": list(self.columns),
            "kept_out": dict(self.kept_out),
            "seconds": round(self.seconds, 1),
        }

    def to_text(self) -> str:
        """What is in it, and how to go on."""
        counts = self.counts
        lines = [f"{counts['accounts']:,} companies indexed ({self.kind}), {self.seconds:.1f} s"]
        if "bought" in counts:
            lines.append(
                f"bought   {counts['bought']:,} rows: {counts['in_crm']:,} are in the CRM already, "
                f"{counts['new']:,} companies added ({counts['unclear']:,} rows unclear, "
                f"{counts['repeated']:,} repeat another)"
            )
        lines += [f"kept out {column}: {why}" for column, why in self.kept_out.items()]
        lines += [
            f"columns  {', '.join(self.columns)}",
            f"recall   {self.recall:.3f} of the exact best 1,000",
            f"index    {self.folder} (version {self.version})",
        ]
        return "\n".join(lines)


def index(
    data: Path,
    params: Params,
    models: Path,
    *,
    universe: Path | None = None,
    as_of: str | None = None,
    progress: Progress = silent,
) -> IndexBuild:
    """Build the look-alike index of the CRM's accounts and make it the current one.

    Parameters
    ----------
    data : Path
        What `abm prepare` wrote.
    params : Params
        Columns (`features`), seed and threads.
    models : Path
        The models directory.
    universe : Path, optional
        A bought list of companies to search as well; see `read_universe`.
    as_of : str, optional
        Nothing that was won or lost at or after it is used; the data's last instant by default.
    progress : callable
        Is told what happens next.

    Raises
    ------
    DataError, ParamsError, ArtefactError, OutputError
        With the remedy; the index in use is untouched.
    """
    started = time.time()
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    progress("reading the companies")
    companies = read_universe(crm, params, universe)
    progress(f"indexing {len(companies.accounts):,} companies")
    instant = as_of_or_today(crm, as_of)
    won, lost = _outcomes(crm, companies, instant)
    leaks = _leaks(companies, won, lost, params)
    traits = tuple(name for name in companies.traits if name not in leaking_columns(leaks))
    plain = Embedding.fit(companies.accounts, columns=traits, seed=params.seed)
    built = LookalikeIndex(
        kind=params.lookalike.kind,
        columns=traits,
        weights=learned_weights(plain, won, lost, seed=params.seed) or None,
        seed=params.seed,
        threads=params.threads,
    )
    built.fit(companies.accounts, progress=progress)
    progress("saving the index")
    store = IndexStore(models)
    version = store.register(built, instant)
    seconds = time.time() - started
    counts = {"accounts": len(built), **companies.counts}
    run_id = log_training(
        models, _run(built, version, companies, counts, params, started), EXPERIMENT
    )
    return IndexBuild(
        folder=store.folder,
        version=version,
        run_id=run_id,
        kind=built.kind,
        recall=built.recall,
        counts=counts,
        columns=traits,
        kept_out={leak.column: f"{leak.why} ({leak.evidence})" for leak in leaks},
        seconds=seconds,
    )


def _outcomes(crm: Crm, companies: Companies, as_of: datetime) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accounts that won, and those that only lost, before a date; never suppressed ones."""
    states = account_states(crm, as_of)
    suppressed = suppressed_ids(crm, companies.accounts, as_of)
    usable = states[~states["account_id"].isin(suppressed)]
    won = usable["past_won"] > 0
    lost = (usable["past_lost"] > 0) & ~won
    accounts = companies.accounts
    of_side = [accounts["account_id"].isin(usable.loc[side, "account_id"]) for side in (won, lost)]
    return accounts[of_side[0]], accounts[of_side[1]]


def _leaks(
    companies: Companies, won: pd.DataFrame, lost: pd.DataFrame, params: Params
) -> list[Leak]:
    """Columns that know who was won, such as those that are filled in for customers.

    By them customers would be found, and not companies like them; the curve would praise it.
    """
    rows = pd.concat([won, lost])[list(companies.traits)]
    outcome = np.repeat([1, 0], [len(won), len(lost)])
    return suspected_leaks(rows, outcome, allow_columns=params.propensity.allow_columns)


def _run(
    built: LookalikeIndex,
    version: str,
    companies: Companies,
    counts: Mapping[str, int],
    params: Params,
    started: float,
) -> TrainingRun:
    """What MLflow keeps of a build: settings, figures and column names, never a company."""
    types = companies.accounts.dtypes
    return TrainingRun(
        params=params.model_dump(mode="json", include={"seed", "features", "lookalike"}),
        metrics={
            **{name: float(count) for name, count in counts.items()},
            "dimension": float(built.embedding.dimension),
            "recall": built.recall,
            "seconds": time.time() - started,
        },
        folds=(),
        tags={"version": version, "kind": built.kind},
        pages={"weights.json": json.dumps(built.weights or {}, ensure_ascii=False, indent=1)},
        schema={
            "inputs": [
                {"name": name, "type": str(types[name]), "required": False}
                for name in built.columns or ()
            ],
            "outputs": [{"name": "similarity", "type": "float64", "required": True}],
        },
        started=started,
    )
