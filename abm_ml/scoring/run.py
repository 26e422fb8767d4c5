"""A scoring run: what is decided before any single account is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import ibis
import pandas as pd

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.features.customers import products_sold
from abm_ml.features.human import NotPeople, human_crm, not_people
from abm_ml.features.opportunities import checked_product
from abm_ml.features.people import title_roles
from abm_ml.rules.exclusions import Motion
from abm_ml.rules.overrides import Decisions, decisions_at
from abm_ml.scoring.arguments import Previous, checked_as_of, checked_motion, previous_list
from abm_ml.scoring.fusion import fusion_weights
from abm_ml.scoring.propensity import Model, Predictor
from abm_ml.scoring.scope import Scope, read_scope
from abm_ml.scoring.similarity import Likeness, SimilarityIndex, likeness


@dataclass(frozen=True)
class Run:
    """What is the same for every account of a run.

    Parameters
    ----------
    params : Params
        The rule book.
    as_of : datetime
        The last instant that is seen, UTC without a zone.
    motion : {"acquire", "accelerate", "expand", "all"}
        What the list is for.
    scope : Scope
        What the export lets us judge.
    predictor : Predictor or None
        The model with what is known of it.
    model_version : str
        Its name in the registry, or "".
    likeness : Likeness or None
        Closeness to the customers, where there is an index.
    index_version : str
        Name of the index, or "".
    fusion_weights : mapping of str to float
        Weights of priority's parts in this run.
    previous : Previous
        Where accounts stood in the last list.
    decisions : Decisions
        What people decided about single accounts.
    product : str or None
        What the list is to sell; None: whatever there is.
    products_sold : int
        Different products that anybody bought.
    title_roles : ibis.Table or None
        Role and level of each title, as `features.people.title_roles` gives them.
    not_people : NotPeople or None
        Bots and own staff, whose events count for nothing.
    """

    params: Params
    as_of: datetime
    motion: Motion
    scope: Scope
    predictor: Predictor | None = None
    model_version: str = ""
    likeness: Likeness | None = None
    index_version: str = ""
    fusion_weights: Mapping[str, float] = field(default_factory=dict)
    previous: Previous = field(default_factory=Previous.nothing)
    decisions: Decisions = field(default_factory=lambda: Decisions({}, {}))
    product: str | None = None
    products_sold: int = 0
    title_roles: ibis.Table | None = None
    not_people: NotPeople | None = None

    def cleaned(self, crm: Crm) -> Crm:
        """The CRM without what bots and own staff did."""
        return crm if self.not_people is None else human_crm(crm, self.not_people)


def new_run(
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
) -> Run:
    """Check the arguments and look at what concerns everybody; see `score_universe`."""
    purpose, moment = checked_motion(motion), checked_as_of(as_of)
    before = previous_list(previous, moment)
    sold = checked_product(crm, product)
    predictor = Predictor.of(model)
    likened = likeness(index, crm, moment, seeds)
    return Run(
        params=params,
        as_of=moment,
        motion=purpose,
        scope=read_scope(crm, params, moment),
        predictor=predictor,
        model_version=model_version,
        likeness=likened,
        index_version=index_version if likened else "",
        fusion_weights=fusion_weights(params, predictor, likened is not None),
        previous=before,
        decisions=decisions_at(crm.to_arrow(crm.table("overrides")), moment, sold),
        product=sold,
        products_sold=products_sold(crm, moment),
        title_roles=title_roles(crm),
        not_people=not_people(crm, params.engagement, params.exclusions.own_domains),
    )
