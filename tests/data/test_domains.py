import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.domains import company_domain, is_free_mail, looks_like_domain, registrable_domain


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("acme.com", "acme.com"),
        ("https://shop.ACME.co.uk:8443/about?x=1#top", "acme.co.uk"),
        ("http://user:secret@acme.com/", "acme.com"),
        ("mailto:jane@mail.acme.cn", "acme.cn"),
        ("www.acme.com.", "acme.com"),
        ("acme.gov.cn", "acme.gov.cn"),
        ("https://例子.公司.cn/", "xn--fsqu00a.xn--55qx5d.cn"),
        ("brand-1.example", "brand-1.example"),
        ("a.b.brand.example", "brand.example"),
    ],
)
def test_what_somebody_registered_is_found_in_any_address(written, domain):
    assert registrable_domain(written) == domain


@pytest.mark.parametrize("written", [None, "", "  ", "Acme Inc.", "10.0.0.1", "localhost", "com"])
def test_what_is_no_domain_gives_none(written):
    assert registrable_domain(written) is None


@pytest.mark.parametrize(
    "written", ["x@gmail.com", "x@qq.com", "vip.163.com", "https://mail.126.com", "y@yahoo.co.jp"]
)
def test_a_mailbox_service_is_nobodys_domain(written):
    assert is_free_mail(written)
    assert company_domain(written) is None


@pytest.mark.parametrize(
    ("written", "is_one"),
    [("acme.com", True), ("Node.js", False), ("St. Gobain", False), ("a@b.corp", True),
     ("3.14", False), ("Acme Co.", False), ("Booking.com", True)],
)  # fmt: skip
def test_a_name_with_a_dot_is_no_domain(written, is_one):
    assert looks_like_domain(written) is is_one


@given(st.text())
def test_any_text_gives_a_domain_that_gives_itself(written):
    domain = registrable_domain(written)
    assert domain is None or registrable_domain(domain) == domain
