"""The universe evaluated: slice by slice, then placed as a whole, then settled slice by slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from abm_ml.data.crm import Crm
from abm_ml.data.slices import slices
from abm_ml.scoring.assessment import assess
from abm_ml.scoring.clustering import clustered
from abm_ml.scoring.drafts import Drafts, draft_of
from abm_ml.scoring.identity import run_id
from abm_ml.scoring.run import Run
from abm_ml.scoring.settling import Settled, settle
from abm_ml.scoring.standing import Placing, Standing, place


@dataclass(frozen=True)
class Evaluation:
    """Every account of the universe with its numbers, its tier and its place.

    Parameters
    ----------
    crm : Crm
        The canonical tables, with bots and all.
    run : Run
        What holds for everybody.
    run_id : str
        See `identity.run_id`.
    slices : list of Crm
        The accounts, some at a time.
    drafts : Drafts
        One draft a slice.
    standing : Standing
        All accounts, slice after slice.
    placing : Placing
        Their tiers and places.
    weights : mapping of str to float
        Weights of the account score as spread over the parts that are there.
    parts : frozenset of str
        Those parts.
    cluster_names_zh : mapping of str to str
        Chinese names of the groups inside tier 2.
    """

    crm: Crm
    run: Run
    run_id: str
    slices: list[Crm]
    drafts: Drafts
    standing: Standing
    placing: Placing
    weights: Mapping[str, float]
    parts: frozenset[str]
    cluster_names_zh: Mapping[str, str]

    def settled(self) -> Iterator[Settled]:
        """The output, a slice at a time."""
        start = 0
        for crm, number in zip(self.slices, range(len(self.drafts)), strict=True):
            draft = self.drafts[number]
            length = draft.accounts.num_rows
            placed = self.placing.slice(start, length)
            yield settle(crm, self.run, self.run_id, draft, placed)
            start += length


def evaluate(crm: Crm, run: Run, folder: Path) -> Evaluation:
    """Judge, predict, fuse and place every account.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    run : Run
        What holds for everybody.
    folder : Path
        An empty directory for what does not stay in memory; it must outlive the evaluation.
    """
    (folder / "slices").mkdir()
    cut = slices(run.cleaned(crm), run.as_of, run.params.scoring.batch_rows, folder / "slices")
    drafts = Drafts(folder if len(cut) > 1 else None)
    standings = []
    for one in cut:
        assessed = assess(one, run)
        standings.append(Standing.of(assessed))
        drafts.add(draft_of(run, assessed))
    standing = Standing.together(standings)
    placing, names = clustered(place(standing, run), drafts, run.params)
    return Evaluation(
        crm=crm,
        run=run,
        run_id=run_id(crm, run, standing),
        slices=cut,
        drafts=drafts,
        standing=standing,
        placing=placing,
        cluster_names_zh=names,
        weights=assessed.judged.weights,
        parts=frozenset(assessed.judged.parts),
    )
