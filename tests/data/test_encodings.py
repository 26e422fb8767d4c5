import pytest

from abm_ml.data.encodings import detect_encoding
from abm_ml.errors import DataError

CHINESE = "企业名称,城市\n北京科技有限公司,北京\n上海软件有限公司,上海\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"a,b\n1,2\n", "utf8"),
        ("\ufeff企业\n".encode(), "utf8"),
        (CHINESE.encode(), "utf8"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (("name\n" + "Acme\n" * 500_000 + CHINESE).encode("gb18030"), "gb18030"),
    ],
)
def test_utf8_and_gb18030_are_told_apart_by_the_whole_file(tmp_path, data, encoding):
    file = tmp_path / "a.csv"
    file.write_bytes(data)
    assert detect_encoding(file) == encoding


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused_with_a_remedy(tmp_path, encoding):
    file = tmp_path / "a.csv"
    file.write_bytes("name,city\nAcme,Köln\n".encode(encoding))
    with pytest.raises(DataError, match=r"a\.csv: is not .* looks like UTF-16; save it as UTF-8"):
        detect_encoding(file)


@pytest.mark.parametrize(
    "text", ["name\nAcme\nMüller\nGroße Bäckerei\n", "name\nAcme\nCafé, Paris\n"]
)
def test_latin1_is_refused_though_gb18030_could_make_something_of_it(tmp_path, text):
    file = tmp_path / "a.csv"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=r"a\.csv line 3: is not UTF-8, and as GB18030 it reads as"):
        detect_encoding(file)
