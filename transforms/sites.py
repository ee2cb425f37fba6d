"""Homepages: one form for one site."""

from __future__ import annotations

from typing import Final

import polars as pl

_SHARED_HOSTS: Final = (
    "naver.com",
    "daum.net",
    "kakao.com",
    "instagram.com",
    "facebook.com",
    "youtube.com",
    "youtu.be",
    "linkedin.com",
    "twitter.com",
    "x.com",
    "notion.so",
    "github.com",
    "google.com",
    "coupang.com",
    "gmarket.co.kr",
    "11st.co.kr",
    "saramin.co.kr",
    "jobkorea.co.kr",
    "nate.com",
    "band.us",
    "blogspot.com",
    "ec21.com",
    "alibaba.com",
    "tradekorea.com",
    "kita.net",
    "koreasme.com",
    "linktr.ee",
)
"""Hosts that lend pages to many: there the path says whose page it is."""

_COUNTRY_SECOND: Final = r"(?:co|or|go|ne|re|pe|ac|com|net|org|gov|edu)\.[a-z]{2}"


def site(homepage: pl.Expr) -> pl.Expr:
    """Host without `www` and language prefixes, in lower case; of hosts that many share, with the first part
    of the path; null where the text is no address (`없음`, `-`, an e-mail address).
    """
    plain = homepage.cast(pl.String).str.normalize("NFKC").str.strip_chars().str.to_lowercase()
    bare = plain.str.replace(r"^(?:https?|htpp|http)\s*:?[/\\]+", "").str.replace(
        r"^(?:www\d?|m|en|eng|kr|kor|ko|home)\.", ""
    )
    host = bare.str.extract(r"^([a-z0-9가-힣][a-z0-9가-힣.\-]*\.[a-z가-힣]{2,})(?:[:/?#,;\s\\]|$)")
    path = bare.str.extract(r"^[^/?#]+/(?:@|company/|in/|channel/|c/)?([^/?#\s]+)")
    shared = host.str.contains(r"(?:^|\.)(?:" + "|".join(name.replace(".", r"\.") for name in _SHARED_HOSTS) + r")$")
    return pl.when(shared).then(pl.when(path.is_not_null()).then(host + "/" + path)).otherwise(host)


def domain(site_of: pl.Expr) -> pl.Expr:
    """The registered domain of a site: `reit.firm.co.kr` belongs to `firm.co.kr`."""
    host = site_of.str.extract(r"^([^/]+)")
    return pl.coalesce(host.str.extract(rf"([^.]+\.{_COUNTRY_SECOND})$"), host.str.extract(r"([^.]+\.[^.]+)$"), host)
