"""What `abm expand` writes: the list, what became of its seeds, the page, the request."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from abm_ml.exports.headers import with_headers
from abm_ml.exports.lookalikes import lookalikes_for_people
from abm_ml.exports.spreadsheet import write_csv
from abm_ml.lookalike.expansion import Expansion
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.lookalike.map import map_points
from abm_ml.reports.lookalike_page import render_lookalike_page
from abm_ml.workflows.contacts import PeopleFound, write_people
from abm_ml.workflows.output import replaced_file, with_ending
from abm_ml.workflows.request import Request
from abm_ml.workflows.seeds import CompanyList

FILES = {"seeds": "-seeds.csv", "page": ".html", "list": ".csv"}
"""What is written beside the request, by the end of its name."""


def own_files(out: Path) -> dict[str, Path]:
    """Where a list and what goes with it are written: list, seeds, page, request."""
    return {name: with_ending(out, end) for name, end in FILES.items()} | {
        "list": out,
        "request": with_ending(out, ".json"),
    }


def unused_file(out: Path) -> Path:
    """Where it is told what became of each line when there is no list, but an earlier one."""
    return with_ending(out, "-seeds-unused.csv")


def write_lines(seeds: CompanyList, out: Path, lang: str) -> Path:
    """Write what became of each line; files of an earlier list stay as they are."""
    files = own_files(out)
    earlier = files["list"].exists() or files["request"].exists()
    target = unused_file(out) if earlier else files["seeds"]
    with replaced_file(target) as file:
        write_csv(seeds.for_people(lang), file)
    return target


def write_all(
    request: Request,
    out: Path,
    index: LookalikeIndex,
    seeds: CompanyList,
    expansion: Expansion,
    summary: Mapping[str, Any],
    people: PeopleFound | None,
) -> Request:
    """Write every file beside its place; they move there together, the request last."""
    lang = request.lang
    with ExitStack() as stack:
        places = own_files(out)
        saved = stack.enter_context(replaced_file(places.pop("request")))
        files = {name: stack.enter_context(replaced_file(file)) for name, file in places.items()}
        table = lookalikes_for_people(expansion.accounts, index.accounts, lang)
        write_csv(with_headers(table, lang), files["list"])
        write_csv(seeds.for_people(lang), files["seeds"])
        points = map_points(index, seeds.ids, expansion)
        page = render_lookalike_page(
            expansion, summary, points=points, companies=index.accounts, lang=lang
        )
        files["page"].write_text(page, encoding="utf-8")
        if people is not None:
            write_people(people, stack, lang)
        done = request.done(files)
        done.write(saved)
    return done
