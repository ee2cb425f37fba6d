"""The public services that registers come from: where they are, how a key is given, how fast one may ask."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

OFFLINE_VARIABLE: Final = "CAPLAKE_OFFLINE"


@dataclass(frozen=True)
class Service:
    """`key_variable` is the environment variable of the key; a service without keys has a switch there instead.

    `page` and `size` name its paging parameters, `counts_rows` says that `page` is the number of the first row.
    `reset_means_stop`: a broken connection is its way of blocking who asks on.
    """

    name: str
    title: str
    base: str
    key_variable: str
    apply_at: str
    key_name: str = ""
    key_header: str = ""
    per_second: float = 5.0
    page: str = "pageNo"
    size: str = "numOfRows"
    counts_rows: bool = False
    reset_means_stop: bool = False

    @property
    def url(self) -> str:
        """The base address; CAPLAKE_<SERVICE>_URL names another, e.g. the replay server's."""
        return os.environ.get(f"CAPLAKE_{self.name.upper()}_URL", self.base).rstrip("/")

    @property
    def key(self) -> str | None:
        """The key as the service knows it, or None when none is set.

        Portals hand keys out percent-encoded too; such a one is decoded once, and the HTTP client encodes once.
        """
        given = os.environ.get(self.key_variable, "").strip()
        return (unquote(given) if "%" in given else given) or None

    @property
    def interval(self) -> float:
        """Least seconds between two requests; CAPLAKE_<SERVICE>_PER_SECOND sets another rate."""
        return 1.0 / float(os.environ.get(f"CAPLAKE_{self.name.upper()}_PER_SECOND", self.per_second))


_PORTAL: Final = "https://www.data.go.kr (each data set is applied for by itself; one key for all)"

SERVICES: Final = {
    service.name: service
    for service in (
        Service(
            "odcloud",
            "공공데이터포털 파일데이터 API",
            "https://api.odcloud.kr/api",
            "DATA_GO_KR_KEY",
            _PORTAL,
            key_header="Infuser",
            page="page",
            size="perPage",
        ),
        Service(
            "odcloud_editions",
            "공공데이터포털 파일데이터 목록",
            "https://infuser.odcloud.kr/oas",
            "DATA_GO_KR_KEY",
            _PORTAL,
        ),
        Service(
            "data_go_kr", "공공데이터포털", "https://apis.data.go.kr", "DATA_GO_KR_KEY", _PORTAL, key_name="serviceKey"
        ),
        Service(
            "koneps",
            "나라장터 (공공데이터포털)",
            "https://apis.data.go.kr/1230000",
            "DATA_GO_KR_KEY",
            _PORTAL,
            key_name="ServiceKey",
        ),
        Service(
            "nts",
            "국세청 사업자등록 상태조회",
            "https://api.odcloud.kr/api/nts-businessman/v1",
            "DATA_GO_KR_KEY",
            _PORTAL,
            key_header="Infuser",
        ),
        Service(
            "opendart",
            "OpenDART",
            "https://opendart.fss.or.kr/api",
            "OPENDART_KEY",
            "https://opendart.fss.or.kr (인증키 신청)",
            key_name="crtfc_key",
            # More than about 1,000 a minute gets the address blocked for a day, seen as a broken connection.
            per_second=5.0,
            page="",
            reset_means_stop=True,
        ),
        Service(
            "kipris",
            "KIPRIS Plus",
            "http://plus.kipris.or.kr",
            "KIPRIS_KEY",
            "https://plus.kipris.or.kr (1,000 calls a month are free)",
            key_name="ServiceKey",
            per_second=2.0,
        ),
        Service(
            "ntis",
            "NTIS",
            "https://www.ntis.go.kr/rndopen/openApi",
            "NTIS_KEY",
            "https://www.ntis.go.kr/rndopen (the address that asks is registered with the key)",
            key_name="apprvKey",
            per_second=2.0,
            page="startPosition",
            size="displayCnt",
            counts_rows=True,
        ),
        Service(
            "kind",
            "KRX KIND",
            "https://kind.krx.co.kr",
            "KRX_KIND",
            "no key; set KRX_KIND=on to take the list from there",
            per_second=0.5,
        ),
    )
}


def is_offline(source: str) -> bool:
    """Whether the operator keeps a source from asking its service: CAPLAKE_OFFLINE=venture,fsc_outline."""
    return source in os.environ.get(OFFLINE_VARIABLE, "").replace(" ", "").split(",")
