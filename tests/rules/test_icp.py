import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.criterion import Criterion
from abm_ml.errors import ParamsError
from abm_ml.rules.icp import fit, grades, knocked_out, part_fit, source_of, tags_met

GRADES = {"A+": 90, "A": 80, "B+": 70, "B": 55, "C": 35, "D": 0}


def met(values: list, type_: pa.DataType | None = None, **test: object) -> list[bool]:
    """Who meets a criterion on one column."""
    verdict = judged(values, type_, **test)
    return verdict.met.tolist()


def judged(values: list, type_: pa.DataType | None = None, **test: object):
    criterion = Criterion(column="x", **test)
    part = part_fit([criterion], {"x": pa.array(values, type_)})
    assert part is not None
    return part.verdicts[0]


def test_any_of_compares_whole_texts_whatever_their_case():
    assert met(["Software", " software ", "Software tools", None], any_of=("SOFTWARE",)) == [
        True, True, False, False,
    ]  # fmt: skip


def test_any_of_looks_at_each_tag_of_a_list():
    assert met([["SAP", "AWS"], ["aws lambda"], [], None], any_of=("aws",)) == [
        True, False, False, False,
    ]  # fmt: skip


def test_any_of_reads_numbers_and_yes_no_as_text():
    assert met([2019, 2020], any_of=("2020",)) == [False, True]
    assert met([True, False, None], any_of=("true",)) == [True, False, False]


def test_contains_looks_inside_a_text_and_inside_each_tag():
    assert met(["We sell 软件服务", "shoes"], contains=("软件",)) == [True, False]
    assert met([["Salesforce Marketing Cloud"], ["SAP"]], contains=("salesforce",)) == [True, False]


def test_contains_takes_dots_and_brackets_literally():
    assert met(["node.js", "nodexjs"], contains=("node.js",)) == [True, False]


def test_a_range_includes_its_ends_and_may_be_open():
    assert met([199, 200, 500, 501, None], min=200, max=500) == [False, True, True, False, False]
    assert met([1.5, float("nan")], min=1) == [True, False]


def test_exists_means_neither_null_nor_blank_nor_empty():
    assert met(["x", " ", None], exists=True) == [True, False, False]
    assert met([["a"], [], None], exists=True) == [True, False, False]


def test_a_signal_is_counted_within_its_window():
    criterion = Criterion(signal="job_posting", count_at_least=3, within_days=90)
    part = part_fit([criterion], {source_of(criterion): pa.array([2, 3, 4])})
    assert source_of(criterion) == "signals:job_posting:90d"
    assert part.score.tolist() == [0, 100, 100]


def test_none_of_is_met_by_every_other_known_value():
    verdict = judged([" Revoked", "operating", "吊销", None, ""], none_of=("revoked", "吊销"))
    assert verdict.met.tolist() == [False, True, False, False, False]
    assert verdict.known.tolist() == [True, True, True, False, False]


def test_none_of_a_list_wants_none_of_its_tags():
    assert met([["SAP", "AWS"], ["AWS"], [], None], none_of=("sap",)) == [
        False, True, False, False,
    ]  # fmt: skip


def test_operating_status_and_legal_risk_are_knock_outs():
    status = Criterion(column="status", none_of=("revoked", "吊销", "注销"), must=True)
    risk = Criterion(signal="legal_risk", count_at_most=0, within_days=365, must=True)
    columns = {
        "status": pa.array(["operating", "注销", None, "operating"]),
        source_of(risk): pa.array([0, 0, 0, 1]),
    }
    part = part_fit([status, risk], columns)
    assert knocked_out([part], 4).tolist() == [False, True, False, True]


def test_a_count_may_have_both_ends():
    criterion = Criterion(signal="news", count_at_least=1, count_at_most=3)
    part = part_fit([criterion], {source_of(criterion): pa.array([0, 1, 3, 4])})
    assert part.score.tolist() == [0, 100, 100, 0]


def test_criteria_that_count_other_signals_look_at_other_columns():
    postings = {"signal": "job_posting", "count_at_least": 1}
    criteria = [
        Criterion(**postings),
        Criterion(**postings, within_days=90),
        Criterion(**postings, contains=("data engineer",)),
        Criterion(**postings, contains=("data", "engineer")),
        Criterion(**postings, contains=("data|engineer",)),
    ]
    assert len({source_of(criterion) for criterion in criteria}) == 5


def test_criteria_that_ask_different_numbers_of_one_signal_share_a_column():
    few = Criterion(signal="news", count_at_most=2)
    many = Criterion(signal="news", count_at_least=3)
    assert source_of(few) == source_of(many) == "signals:news:365d"


def test_tags_that_meet_none_of_are_all_of_them():
    assert tags_met(Criterion(column="x", none_of=("SAP",)), ["AWS", "Git"]) == ["AWS", "Git"]


def test_a_range_on_a_text_column_is_refused_by_name():
    with pytest.raises(ParamsError, match="column 'x' holds string, and min/max needs numbers"):
        met(["many"], min=1)


def test_dictionary_encoded_and_chunked_columns_are_read_alike():
    chunked = pa.chunked_array([["Software"], ["Retail", None]])
    criterion = Criterion(column="x", any_of=("Software",))
    for values in (chunked, chunked.dictionary_encode()):
        assert part_fit([criterion], {"x": values}).score.tolist() == [100, 0, 0]


def test_the_score_is_the_share_of_weight_met():
    criteria = [
        Criterion(column="industry", any_of=("Software",), weight=2),
        Criterion(column="employees", min=200, weight=2),
        Criterion(column="revenue", min=1e7, weight=1),
    ]
    columns = {
        "industry": pa.array(["Software", "Software", "Retail"]),
        "employees": pa.array([300, None, 300]),
        "revenue": pa.array([2e7, 2e7, None]),
    }
    part = part_fit(criteria, columns)
    assert part.score.tolist() == [100, 60, 40]
    assert [verdict.points for verdict in part.verdicts] == [40, 40, 20]


def test_weight_of_a_column_that_nobody_gave_goes_to_the_rest():
    criteria = [Criterion(column="a", exists=True), Criterion(column="b", exists=True, weight=9)]
    part = part_fit(criteria, {"a": pa.array(["x", None])})
    assert part.score.tolist() == [100, 0]
    assert part_fit(criteria, {}) is None


def test_a_must_knocks_out_what_is_known_to_fail_but_not_what_is_unknown():
    must = Criterion(column="status", any_of=("operating",), must=True)
    nice = Criterion(column="status", contains=("rev",))
    columns = {"status": pa.array(["operating", "revoked", None])}
    part = part_fit([must, nice], columns)
    assert knocked_out([part, None], 3).tolist() == [False, True, False]


def test_exists_as_a_must_knocks_out_the_unknown():
    part = part_fit([Criterion(column="x", exists=True, must=True)], {"x": pa.array([1, None])})
    assert knocked_out([part], 2).tolist() == [False, True]


def test_fit_weighs_its_parts_and_does_without_an_absent_one():
    weights = {"firmographic": 0.4, "technographic": 0.2}
    firm, tech = np.array([90.0]), np.array([30.0])
    assert fit({"firmographic": firm, "technographic": tech}, weights).tolist() == [70]
    assert fit({"firmographic": firm, "technographic": None}, weights).tolist() == [90]
    assert fit({"firmographic": None, "technographic": None}, weights) is None


def test_fit_counts_parts_alike_where_none_has_weight():
    weights = {"firmographic": 0.0, "technographic": 0.0}
    parts = {"firmographic": np.array([90.0]), "technographic": np.array([30.0])}
    assert fit(parts, weights).tolist() == [60]


def test_a_grade_is_the_best_floor_reached():
    assert grades(np.array([100, 90, 89.9, 70, 34.9, 0]), GRADES) == [
        "A+", "A+", "A", "B+", "D", "D",
    ]  # fmt: skip


@given(st.lists(st.sampled_from(["Software", "Retail", None, ""]), min_size=1, max_size=20))
def test_verdicts_do_not_depend_on_the_other_rows(values: list):
    alone = [met([value], pa.string(), any_of=("software",))[0] for value in values]
    assert met(values, pa.string(), any_of=("software",)) == alone


@given(
    st.lists(st.sampled_from(["a", "B ", "c", "", None]), min_size=1, max_size=20),
    st.lists(st.sampled_from(["A", "b", "d"]), min_size=1, max_size=3),
)
def test_any_of_and_none_of_part_what_is_known(values: list, texts: list[str]):
    one = judged(values, pa.string(), any_of=tuple(texts))
    none = judged(values, pa.string(), none_of=tuple(texts))
    assert (one.known == none.known).all()
    assert ((one.met ^ none.met) == one.known).all()


@given(
    counts=st.lists(st.integers(0, 6), min_size=1, max_size=20),
    limit=st.integers(0, 6),
)
def test_a_signal_more_never_helps_a_limit_nor_hurts_a_minimum(counts: list[int], limit: int):
    def fulfilled(counts: list[int], **test: int) -> np.ndarray:
        criterion = Criterion(signal="s", **test)
        return part_fit([criterion], {source_of(criterion): pa.array(counts)}).verdicts[0].met

    more = [count + 1 for count in counts]
    assert (fulfilled(more, count_at_most=limit) <= fulfilled(counts, count_at_most=limit)).all()
    least = limit + 1
    assert (fulfilled(more, count_at_least=least) >= fulfilled(counts, count_at_least=least)).all()
