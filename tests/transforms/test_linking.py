"""Which records are one firm: every tier, every guard, whatever the order of the rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms import names, regions
from transforms.linking import LinkedRecords, link
from transforms.linking.cluster import weighed_pairs
from transforms.linking.join import components
from transforms.linking.prepare import prepared, street
from transforms.linking.rarity import log_probability

COLUMNS = {
    "record_key": pl.String,
    "source": pl.String,
    "name": pl.String,
    "address": pl.String,
    "homepage": pl.String,
    "established": pl.Date,
    "products": pl.String,
    "business_no": pl.String,
    "corporate_no": pl.String,
    "stock_code": pl.String,
}


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    filled = [{name: row.get(name) for name in COLUMNS} | {"source": row["record_key"].split(":")[0]} for row in rows]
    frame = pl.DataFrame(filled, schema=COLUMNS)
    return frame.with_columns(
        name=names.display_name(pl.col("name")).fill_null(""), region_code=regions.region_code(pl.col("address"))
    )


def tier(first: dict[str, Any], second: dict[str, Any], *others: dict[str, Any]) -> str:
    """`same`, `probable`, `review` (an open pair) or `apart`: what becomes of two records beside others."""
    linked = link(table({"record_key": "a:1", **first}, {"record_key": "b:1", **second}, *others))
    labels = linked.records.filter(pl.col("record_key").is_in(["a:1", "b:1"]))
    if labels["cluster_same"].n_unique() == 1:
        return "same"
    if labels["cluster"].n_unique() == 1:
        return "probable"
    open_pair = linked.open_pairs.filter((pl.col("left") == "a:1") & (pl.col("right") == "b:1"))
    return "review" if open_pair.height else "apart"


def found(linked: LinkedRecords, key: str) -> dict[str, Any]:
    return linked.records.filter(pl.col("record_key") == key).row(0, named=True)


RARE = "(주)블랙야크아이앤씨"
SEOUL = "서울특별시 서초구 바우뫼로 201"


def test_never_on_the_name_alone() -> None:
    assert tier({"name": RARE}, {"name": RARE}) == "apart"
    assert tier({"name": RARE, "address": SEOUL}, {"name": RARE}) == "apart"


def test_an_identifier_is_enough() -> None:
    numbers = {"business_no": "1248100998"}
    assert tier({"name": "(주)가나", **numbers}, {"name": "다라산업", **numbers}) == "same"


def test_a_rare_name_at_one_address() -> None:
    assert (
        tier(
            {"name": RARE, "address": SEOUL}, {"name": "블랙야크 아이앤씨", "address": "서울 서초구 바우뫼로 201, 3층"}
        )
        == "same"
    )


def test_a_common_name_in_one_province_is_left_open() -> None:
    assert tier(
        {"name": "한성테크", "address": "경기도 수원시"}, {"name": "(주)한성테크", "address": "경기 화성시"}
    ) in ("review", "apart")


def test_the_homepage_makes_a_common_name_sure() -> None:
    site = {"homepage": "http://www.hansungtech.co.kr/kr/index.html"}
    assert (
        tier(
            {"name": "한성테크", "address": "경기도", **site},
            {"name": "(주)한성테크", "address": "경기 화성시", "homepage": "hansungtech.co.kr"},
        )
        == "same"
    )


def test_one_name_and_homepage_in_two_provinces_is_probably_one_firm() -> None:
    site = {"name": RARE, "homepage": "blackyakinc.com"}
    assert tier({**site, "address": SEOUL}, {**site, "address": "울산광역시 남구"}) == "probable"
    day = {"established": date(2001, 1, 2)}
    assert tier({**site, **day, "address": SEOUL}, {**site, **day, "address": "울산광역시 남구"}) == "same"


def test_long_names_that_differ_in_a_word_are_two_names() -> None:
    shared = {"address": SEOUL, "established": date(2011, 8, 2)}
    one, other = "한국투자앵커유전해외자원개발특별자산투자회사", "한국투자패러랠유전해외자원개발특별자산투자회사"
    assert tier({"name": one, **shared}, {"name": other, **shared, "established": date(2012, 6, 13)}) == "apart"


def test_two_founding_years_are_two_firms() -> None:
    shared = {"name": RARE, "address": SEOUL, "homepage": "blackyakinc.com"}
    assert tier({**shared, "established": date(1978, 7, 1)}, {**shared, "established": date(2016, 8, 18)}) == "review"


def test_a_record_that_fits_two_firms_joins_neither() -> None:
    shared = {"name": RARE, "address": SEOUL, "homepage": "blackyakinc.com"}
    old, new = (
        {**shared, "established": date(1978, 7, 1)},
        {"record_key": "b:2", **shared, "established": date(2016, 8, 18)},
    )
    linked = link(table({"record_key": "a:1", **shared}, {"record_key": "b:1", **old}, new))
    assert linked.records["cluster"].n_unique() == 3
    assert linked.open_pairs["reason"].to_list() == ["ambiguous", "ambiguous", "exclusive"]
    assert linked.conflicts.equals(linked.open_pairs)


def test_group_companies_share_a_homepage_and_stay_apart() -> None:
    site = {"homepage": "www.uangroup.co.kr", "address": "경기도 안산시 단원구"}
    linked = link(
        table(
            {"record_key": "a:1", "name": "유안산업", **site},
            {"record_key": "a:2", "name": "유안산업홀딩스", **site},
            {"record_key": "b:1", "name": "(주)유안산업", **site},
            {"record_key": "b:2", "name": "유안산업홀딩스(주)", **site},
        )
    )
    clusters = dict(linked.records.select("record_key", "cluster").iter_rows())
    assert clusters["a:1"] == clusters["b:1"] != clusters["a:2"] == clusters["b:2"]


def test_a_homepage_of_their_own_joins_two_names_of_two_registers() -> None:
    site = {"homepage": "solco.co.kr"}
    assert (
        tier(
            {"name": "알파에이아이", "address": "경기도", **site},
            {"name": "(주)알파녹스", "address": "경기도 평택시", **site},
        )
        == "probable"
    )


def test_one_register_does_not_list_one_firm_under_two_names() -> None:
    site = {"homepage": "solco.co.kr", "address": "경기도 평택시"}
    linked = link(
        table(
            {"record_key": "a:1", "name": "알파에이아이", **site}, {"record_key": "a:2", "name": "(주)알파녹스", **site}
        )
    )
    assert linked.records["cluster"].n_unique() == 2


def test_a_page_on_a_host_of_many_is_no_homepage_of_its_own() -> None:
    one, other = {"homepage": "https://blog.naver.com/gana"}, {"homepage": "https://blog.naver.com/dara"}
    assert (
        tier({"name": "가나다산업", "address": "경기도", **one}, {"name": "라마바전자", "address": "경기도", **other})
        == "apart"
    )


def test_numbered_names_are_numbered_firms() -> None:
    shared = {
        "address": "서울특별시 영등포구 국제금융로 56",
        "homepage": "spac.co.kr",
        "established": date(2024, 2, 28),
    }
    assert tier({"name": "하나32호스팩", **shared}, {"name": "하나33호기업인수목적(주)", **shared}) == "apart"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LG이노텍", "엘지이노텍(주)"),
        ("GANA SMART FACTORY CO., LTD.", "가나스마트팩토리(주)"),
        ("엘에스일렉트릭(구 엘에스산전)", "엘에스산전(주)"),
        ("우주일렉트로", "(주)우주일렉트로닉스"),
    ],
)
def test_one_firm_in_two_writings(one: str, other: str) -> None:
    shared = {"homepage": "www.onefirm.co.kr", "address": "경기도 수원시 영통구"}
    assert tier({"name": one, **shared}, {"name": other, **shared}) in ("same", "probable")


def test_two_corporate_numbers_split_what_a_business_number_joins() -> None:
    shared = {"name": RARE, "address": SEOUL, "business_no": "1248100998"}
    linked = link(
        table(
            {"record_key": "a:1", **shared, "corporate_no": "1301110006246"},
            {"record_key": "b:1", **shared, "corporate_no": "1101113892240"},
        )
    )
    assert linked.records["cluster"].n_unique() == 2
    assert linked.conflicts["reason"].to_list() == ["exclusive"]
    assert linked.open_pairs.select("left", "right", "rule", "reason").rows() == [
        ("a:1", "b:1", "business_no", "exclusive")
    ]


def test_a_corporation_may_have_several_business_numbers() -> None:
    shared = {"corporate_no": "1301110006246"}
    assert (
        tier(
            {"name": "가나", **shared, "business_no": "1248100998"},
            {"name": "가나", **shared, "business_no": "2208162517"},
        )
        == "same"
    )


def test_a_branch_number_is_not_the_firms() -> None:
    branch = {"business_no": "1248500998"}
    assert tier({"name": "가나", **branch}, {"name": "다라", **branch}) == "apart"


def test_a_person_wins_over_everything() -> None:
    rows = table(
        {"record_key": "a:1", "name": "가나", "corporate_no": "1301110006246"},
        {"record_key": "b:1", "name": "다라", "corporate_no": "1101113892240"},
        {"record_key": "a:2", "name": RARE, "address": SEOUL, "business_no": "1248100998"},
        {"record_key": "b:2", "name": RARE, "address": SEOUL, "business_no": "1248100998"},
    )
    decided = pl.DataFrame(
        [("b:1", "a:1", "same", "renamed"), ("b:2", "a:2", "different", "the number is a typing error")],
        schema=["left", "right", "decision", "reason"],
        orient="row",
    )
    clusters = dict(link(rows, decided).records.select("record_key", "cluster").iter_rows())
    assert clusters["a:1"] == clusters["b:1"]
    assert clusters["a:2"] != clusters["b:2"]
    assert found(link(rows, decided), "a:1")["rule"] == "decision"


def test_a_doubtful_part_is_marked_whole() -> None:
    near = {"address": "경기도 평택시", "homepage": "solco.co.kr"}
    linked = link(
        table(
            {"record_key": "a:1", "name": "(주)알파녹스", **near},
            {"record_key": "b:1", "name": "알파녹스", **near},
            {"record_key": "c:1", "name": "(주)알파에이아이", **near},
        )
    )
    tiers = dict(linked.records.select("record_key", "tier").iter_rows())
    assert tiers == {"a:1": "same", "b:1": "same", "c:1": "probable"}
    assert found(linked, "c:1")["linked_to"] in ("a:1", "b:1")


registers = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(
                [RARE, "한성테크", "(주) 한성 테크", "LG이노텍", "엘지이노텍", "가나1호", "가나2호"]
            ),
            "address": st.sampled_from([None, SEOUL, "서울", "경기도 수원시 영통구", "경기"]),
            "homepage": st.sampled_from([None, "one.co.kr", "two.co.kr"]),
            "established": st.sampled_from([None, date(2001, 1, 2), date(2015, 5, 6)]),
            "business_no": st.sampled_from([None, None, "1248100998", "2208162517"]),
            "corporate_no": st.sampled_from([None, None, "1301110006246", "1101113892240"]),
            "source": st.sampled_from(["a", "b", "c"]),
        }
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(registers, st.randoms(use_true_random=False))
def test_order_never_matters_and_no_cluster_holds_two_firms(rows: list[dict[str, Any]], chance: Any) -> None:
    keyed = [{**row, "record_key": f"{row['source']}:{i:02d}"} for i, row in enumerate(rows)]
    first = link(table(*keyed))
    shuffled = list(keyed)
    chance.shuffle(shuffled)
    again = link(table(*shuffled))
    assert first.records.equals(again.records)
    assert first.open_pairs.equals(again.open_pairs)
    assert first.conflicts.equals(again.conflicts)
    held = (
        table(*keyed)
        .join(first.records, on="record_key")
        .group_by("cluster")
        .agg(pl.col("corporate_no").drop_nulls().n_unique())
    )
    assert held["corporate_no"].max() <= 1  # type: ignore[operator]
    parts = first.records.group_by("cluster_same").agg(pl.col("cluster").n_unique())
    assert parts["cluster"].max() == 1


@settings(max_examples=30, deadline=None)
@given(registers)
def test_pairs_left_out_would_have_told_nothing(rows: list[dict[str, Any]]) -> None:
    """Firms that both registers list once make their registers known to share firms and to repeat none."""
    shared = [
        {"record_key": f"{source}:s{i}", "name": f"공유{i}기업", "address": SEOUL, "homepage": f"firm{i}.co.kr"}
        for source in ("a", "b")
        for i in range(32)
    ]
    keyed = [{**row, "record_key": f"{row['source']}:{i:02d}"} for i, row in enumerate(rows)]
    prepared_table = prepared(table(*shared, *keyed))
    with pytest.MonkeyPatch.context() as patch:
        told = weighed_pairs(prepared_table)
        patch.setattr("transforms.linking.pairs._Telling.chosen", lambda _, pairs: pairs)
        every = weighed_pairs(prepared_table)
    assert told.equals(every)


@given(st.lists(st.sampled_from(["", "가나", "한성테크", "엘지이노텍", "zz", "블랙야크아이앤씨", "다"]), max_size=40))
def test_how_rare_a_name_is_hangs_on_it_alone(told: list[str]) -> None:
    alone = [float(log_probability(pl.Series([name]))[0]) for name in told]
    assert log_probability(pl.Series(told, dtype=pl.String)).tolist() == alone


def test_empty_and_single_tables() -> None:
    assert link(table()).records.is_empty()
    alone = link(table({"record_key": "a:1", "name": RARE})).records
    assert alone.select("tier", "rule", "linked_to", "strongest_rule").row(0) == ("same", "alone", None, None)


def test_components_reach_as_far_as_edges_do() -> None:
    labels = components(6, np.array([0, 1, 4]), np.array([1, 2, 5]))
    assert labels.tolist() == [0, 0, 0, 3, 4, 4]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("경기도 성남시 분당구 가상로 1 (가상동)", "가상로1"),
        ("서울 강남구 삼성로81길 35 3층", "삼성로81길35"),
        ("을지로5길 26", "을지로5길26"),
        ("서울특별시 강남구 청담동 70-9 정인빌딩", "청담동70-9"),
        ("충남 천안시 풍세면 남관리 195", "남관리195"),
        ("경기도 성남시", None),
        (None, None),
    ],
)
def test_streets(address: str | None, expected: str | None) -> None:
    assert pl.select(street(pl.lit(address, pl.String))).item() == expected
