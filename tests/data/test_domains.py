import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.domains import (
    company_domain,
    holds_below,
    is_free_mail,
    looks_like_domain,
    registrable_domain,
)


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


@pytest.mark.parametrize(
    ("listed", "host", "holds"),
    [
        ("example.com", "example.com", True),
        ("example.com", "shop.example.com", True),
        ("example.com", "eu.shop.example.com", True),
        ("example.co.uk", "shop.example.co.uk", True),
        ("brand.example", "shop.brand.example", True),
        ("shop.example.com", "eu.shop.example.com", True),
        ("shop.example.com", "example.com", False),
        ("shop.example.com", "blog.example.com", False),
        ("example.com", "myexample.com", False),
        ("example.com", "example.com.cn", False),
        ("co.uk", "example.co.uk", False),
        ("com", "example.com", False),
        ("github.io", "acme.github.io", False),
        ("acme.github.io", "acme.github.io", True),
        ("acme.github.io", "beta.github.io", False),
        ("vercel.app", "acme.vercel.app", False),
        ("acme.vercel.app", "eu.acme.vercel.app", True),
        ("amazonaws.com", "acme.s3.amazonaws.com", False),
        ("163.com", "acme.163.com", False),
        ("facebook.com", "acme.facebook.com", False),
        ("taobao.com", "shop123.taobao.com", False),
        ("google.com", "sites.google.com", False),
        ("google.com", "acme.sites.google.com", False),
        ("google.com", "cloud.google.com", True),
        ("0.0.1", "10.0.0.1", False),
    ],
)
def test_what_is_said_of_a_domain_holds_below_it_but_through_no_platform(listed, host, holds):
    assert holds_below(listed, host) is holds


@given(st.text())
def test_any_text_gives_a_domain_that_gives_itself(written):
    domain = registrable_domain(written)
    assert domain is None or registrable_domain(domain) == domain
