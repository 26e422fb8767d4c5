"""Score the universe: rules and propensity, fused, ranked, tiered and explained (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.scoring.evaluation import Evaluation, evaluate
from abm_ml.scoring.leads import unlinked_people
from abm_ml.scoring.propensity import Model
from abm_ml.scoring.run import Run, new_run
from abm_ml.scoring.schema import EXCLUDED_SCHEMA, PEOPLE_SCHEMA, SCORED_SCHEMA, as_frame
from abm_ml.scoring.settling import Settled
from abm_ml.scoring.similarity import SimilarityIndex
from abm_ml.scoring.spool import Spool, write_rows, write_sorted
from abm_ml.scoring.summary import summarise
from abm_ml.scoring.tally import Tally


@dataclass(frozen=True)
class ScoreResult:
    """One run's outcome.

    Parameters
    ----------
    scored : DataFrame
        Every account that is not excluded, by rank; the columns of `SCORED_SCHEMA`.
    tal : DataFrame
        The part of `scored` that has a tier: the target account list.
    excluded : DataFrame
        The other accounts of the universe with the reason, by account_id; the columns of
        `EXCLUDED_SCHEMA`.
    summary : dict
        Counts, weights in force, what was absent, warnings; plain values.
    """

    scored: pd.DataFrame
    tal: pd.DataFrame
    excluded: pd.DataFrame
    summary: dict[str, Any]


def score_universe(
    crm: Crm,
    model: Model | None,
    index: SimilarityIndex | None,
    params: Params,
    as_of: str | datetime,
    *,
    motion: str = "acquire",
    previous: pd.DataFrame | None = None,
    model_version: str = "",
    index_version: str = "",
    seeds: Sequence[str] | None = None,
    product: str | None = None,
) -> ScoreResult:
    """Score every account that existed before as_of, and choose the target account list.

    Rules give the account score, on which tiers are cut; the model gives propensity; priority
    fuses both and ranks. Without a model the propensity columns are null. Where the back-test
    found no signal, propensity is shown but has no weight in priority, and gives no reasons.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    model : TrainedPropensity, PropensityModel or None
        A trained bundle, or a model by itself (then without target, verdict and value).
    index : LookalikeIndex or None
        Gives each account its similarity to the seeds, a part of priority by its weight.
    params : Params
        The rule book and its weights.
    as_of : str or datetime
        The last instant that may be seen, in UTC.
    motion : {"acquire", "accelerate", "expand", "all"}
        What the list is for; see `rules.exclusions.exclusions`.
    previous : DataFrame, optional
        The previous list (account_id, tier), from which `change` is told.
    model_version, index_version : str
        Names of the model in the registry, and of the index.
    seeds : sequence of str, optional
        Accounts that others are compared with; by default the customers at as_of.
    product : str, optional
        What the list is to sell: only opportunities of it make a customer, or an account that
        sales works on; customers of other products stay in, to be cross-sold.

    Raises
    ------
    ParamsError
        If motion or as_of is none, a rule names a column that accounts do not have, or no
        opportunity is of the product.
    DataError
        If the previous list cannot be read.
    """
    run = new_run(
        crm,
        model,
        index,
        params,
        as_of,
        motion=motion,
        previous=previous,
        model_version=model_version,
        index_version=index_version,
        seeds=seeds,
        product=product,
    )
    with TemporaryDirectory(prefix="abm-scoring-") as folder:
        evaluation, tally = evaluate(crm, run, Path(folder)), Tally()
        parts = list(_counted(evaluation, tally))
    scored = pa.concat_tables([part.scored for part in parts]).sort_by("rank")
    excluded = pa.concat_tables([part.excluded for part in parts]).sort_by("account_id")
    tal = scored.filter(pc.is_valid(scored["tier"]))
    summary = summarise(evaluation, tally)
    return ScoreResult(as_frame(scored), as_frame(tal), as_frame(excluded), summary)


def write_universe(crm: Crm, run: Run, out: Path) -> dict[str, Any]:
    """Score the universe into files, however large it is.

    Memory holds a slice of `scoring.batch_rows` accounts and some numbers of each account.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    run : Run
        See `run.new_run`.
    out : Path
        A directory; gets `scored.parquet`, `tal.parquet` and `excluded.parquet`, with the
        columns and the order of `ScoreResult`, and `people.parquet` (`PEOPLE_SCHEMA`).

    Returns
    -------
    dict
        `ScoreResult.summary`.
    """
    with TemporaryDirectory(prefix=".scoring-", dir=out) as folder:
        evaluation, tally = evaluate(crm, run, Path(folder)), Tally()
        scored = Spool(Path(folder) / "scored", SCORED_SCHEMA)
        excluded = Spool(Path(folder) / "excluded", EXCLUDED_SCHEMA)
        people: list[Path] = []
        for part in _counted(evaluation, tally):
            people.append(Path(folder) / f"people-{len(people):05}.parquet")
            pq.write_table(part.people, people[-1])
            scored.add(part.scored, part.scored["rank"].to_numpy() - 1)
            excluded.add(part.excluded, part.excluded_row)
        scored.write(out / "scored.parquet")
        tiered = (rows.filter(pc.is_valid(rows["tier"])) for rows in scored.rows())
        write_rows(tiered, SCORED_SCHEMA, out / "tal.parquet")
        excluded.write(out / "excluded.parquet")
        _write_people(crm, evaluation, people, out / "people.parquet")
        return summarise(evaluation, tally)


def _write_people(crm: Crm, evaluation: Evaluation, parts: list[Path], file: Path) -> None:
    """People by account and person, then the leads that belong to no account."""
    lost = parts[0].with_name("people-of-nobody.parquet")
    pq.write_table(unlinked_people(crm, evaluation.run, evaluation.run_id), lost)
    write_sorted([*parts, lost], ("account_id", "contact_id", "lead_id"), PEOPLE_SCHEMA, file)


def _counted(evaluation: Evaluation, tally: Tally) -> Iterator[Settled]:
    for part in evaluation.settled():
        tally.add(part)
        yield part
