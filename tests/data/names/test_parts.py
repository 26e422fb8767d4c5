import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.names.normalise import fold, normalise_name
from abm_ml.data.names.parts import parse_name, place_named


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("ACME", "acme"),
        ("Société Générale", "SOCIETE GENERALE"),
        ("Ｂｅｔａ　Ｃｏ", "Beta Co"),
        ("騰訊控股有限公司", "腾讯控股有限公司"),
        ("L’Oréal", "L'OREAL"),
        ("Ørsted", "Orsted"),
        ("Weiß", "Weiss"),
        ("Smith-Jones (UK)", "smith jones uk"),
    ],
)
def test_what_differs_only_in_typing_becomes_equal(one, two):
    assert normalise_name(one) == normalise_name(two)


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    once = normalise_name(text)
    assert normalise_name(once) == once


@given(st.text())
def test_any_text_can_be_taken_apart(text):
    parts = parse_name(text)
    assert all(parts.words)
    assert fold(text) is not None


@pytest.mark.parametrize(
    "written",
    [
        "Acme Inc.", "Acme Corporation", "ACME LTD", "Acme Limited", "Acme, L.L.C.", "Acme PLC",
        "Acme GmbH", "Acme AG", "Acme GmbH & Co. KG", "Acme Aktiengesellschaft", "Acme e.V.",
        "Acme S.A.", "Acme SARL", "Acme S.A.S.", "Acme Société Anonyme",
        "Acme S.p.A.", "Acme S.r.l.", "Acme S.L.", "Acme S.A.B. de C.V.",
        "Acme B.V.", "Acme N.V.", "Acme AB", "Acme A/S", "Acme ApS", "Acme Oyj", "AB Acme",
        "Acme K.K.", "Acme Co., Ltd.", "Acme Pte. Ltd.", "Acme Pty Ltd", "Acme Sdn. Bhd.",
        "Acme Sp. z o.o.", "The Acme Company", "Acme株式会社", "Acme有限公司",
    ],
)  # fmt: skip
def test_legal_forms_of_many_countries_are_no_part_of_the_name(written):
    parts = parse_name(written)
    assert parts.words == ("acme",)
    assert parts.legal


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("QUANTUM CORP /DE/", ("quantum",)),
        ("COSTCO WHOLESALE CORP /NEW", ("costco", "wholesale")),
        ("BROADWAY FINANCIAL CORP DE", ("broadway", "financial")),
        ("Viper Energy, Inc.  - Class A Common Stock", ("viper", "energy")),
        ("Altisource Portfolio S.A. - Common Stock", ("altisource", "portfolio")),
        ("Bruker Corporation - 6.375% Mandatory Preferred Stock, Series A", ("bruker",)),
        ("COMPASS Pathways Plc - American Depository Shares", ("compass", "pathways")),
        ("News Corp (Class B)", ("news",)),
        ("Trade Desk (The)", ("trade", "desk")),
        ("A. O. Smith", ("ao", "smith")),
        ("Johnson & Johnson", ("johnson", "johnson")),
        ("Marks and Spencer", ("marks", "spencer")),
        ("Acquisition Corp III", ("acquisition", "corp", "3")),
    ],
)  # fmt: skip
def test_what_registers_and_listings_add_is_left_out(written, words):
    assert parse_name(written).words == words


@pytest.mark.parametrize(
    ("written", "words", "places"),
    [
        ("北京字节跳动科技有限公司", ("字节跳动", "科技"), {"北京"}),
        ("字节跳动（北京）科技有限公司", ("字节跳动", "科技"), {"北京"}),
        ("字节跳动", ("字节跳动",), set()),
        ("广东省深圳市腾讯计算机系统有限公司", ("腾讯", "计算机", "系统"), {"广东", "深圳"}),
        ("上海市浦东新区云帆信息技术股份有限公司", ("云帆", "信息", "技术"), {"上海"}),
        ("TCL科技集团股份有限公司", ("tcl", "科技", "集团"), set()),
        ("上海银行", ("上海", "银行"), set()),
        ("德州仪器", ("德州", "仪器"), set()),
        ("三明治科技有限公司", ("三明治", "科技"), set()),
        ("阿里巴巴（中国）有限公司", ("阿里巴巴",), {"中国"}),
        ("云帆 软件　有限公司", ("云帆", "软件"), set()),
    ],
)
def test_a_chinese_name_is_place_brand_industry_and_legal_form(written, words, places):
    parts = parse_name(written)
    assert parts.words == words
    assert parts.places == places


@pytest.mark.parametrize(
    ("written", "words", "branch"),
    [
        ("北京字节跳动科技有限公司上海分公司", ("字节跳动", "科技"), "上海分公司"),
        ("招商银行股份有限公司深圳分行", ("招商", "银行"), "深圳分行"),
        ("字节跳动上海分公司", ("字节跳动",), "上海分公司"),
        ("Acme Inc., Berlin Branch", ("acme",), "berlin branch"),
        ("Acme GmbH Niederlassung Berlin", ("acme",), "niederlassung berlin"),
        ("Olive Branch Corp", ("olive", "branch"), ""),
    ],
)
def test_a_branch_is_told_from_its_company(written, words, branch):
    parts = parse_name(written)
    assert (parts.words, parts.branch) == (words, branch)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Shanghai", {"上海"}),
        ("上海市", {"上海"}),
        ("杭州", {"杭州", "浙江"}),
        ("广西壮族自治区", {"广西"}),
        ("Acme", set()),
    ],
)
def test_places_are_known_in_both_languages(written, known):
    assert place_named(written) == known
