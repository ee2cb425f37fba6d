"""Gold tables: what the lake says about firms. Column order here is column order in the files."""

from __future__ import annotations

from typing import Final

import dataframely as dy

from schemas import columns as c

_CHOSEN: Final = "attributes, the chosen value"
_AS_THERE: Final = "as in the table and column that changed"


class Firms(dy.Schema):
    firm_id = c.firm_id(primary_key=True)
    name = c.text(
        "Display name", "기업명", example="(주)가나스마트팩토리", min_length=1, origin=_CHOSEN, personal=c.TRADE_NAME
    )
    name_en = c.text(
        "English name",
        "영문명",
        null="no source gives one",
        example="GANA SMART FACTORY",
        origin=_CHOSEN,
        personal=c.TRADE_NAME,
    )
    country = c.text("Country, ISO 3166-1 alpha-2", "국가", example="KR", regex=r"^[A-Z]{2}$", origin=_CHOSEN)
    region_code = c.text(
        "Legal-district code of the head office, 5 digits, or 2 where only the province is known",
        "본사 법정동 코드",
        null="no source gives a Korean place",
        example="41135",
        regex=r"^(\d{2}|\d{5})$",
        origin=_CHOSEN,
        personal="a place no finer than city or district",
    )
    region = c.text(
        "Place of the head office in words",
        "본사 지역",
        null="unknown",
        example="경기도 성남시 분당구",
        origin="region_code, by the table of legal districts",
        personal="a place no finer than city or district",
    )
    status = c.one_of(
        "Business status",
        "영업 상태",
        ("active", "suspended", "closed", "unknown"),
        origin="statuses, the newest; unknown where no source tells",
    )
    status_date = c.day("Date the status was true", "상태 기준일", null="status unknown", origin="statuses, the newest")
    established = c.day("Date of establishment", "설립일", null="unknown", example="2015-03-02", origin=_CHOSEN)
    employees = c.whole_number(
        "Employees", "종업원 수", null="unknown", unit="persons", min=0, example="48", origin=_CHOSEN
    )
    homepage = c.text(
        "Homepage of a corporation",
        "누리집",
        null="unknown",
        example="www.example.invalid",
        origin=_CHOSEN,
        personal="corporations only",
    )
    is_registered_supplier = c.flag(
        "Is in the register of smart-factory suppliers",
        "스마트공장 공급기업 등록",
        origin="a record in a source that registers suppliers",
    )
    is_designated = c.flag(
        "Is a designated specialist firm (never inferred)",
        "스마트제조 전문기업 지정(추정하지 않음)",
        example="false",
        origin="designations",
    )
    is_institution = c.flag(
        "University, public research body or foundation by its name: it holds patents and sells nothing",
        "대학·공공연구기관·재단(이름으로 판단): 특허는 있으나 공급기업이 아님",
    )
    is_corporation = c.flag(
        "Known to be a corporation; false means not known",
        "법인임이 확인됨(거짓은 확인되지 않음)",
        origin="any of its records: register, corporate number or legal form in the name",
    )
    record_count = c.whole_number(
        "Source records joined in this firm", "합쳐진 기록 수", unit="records", min=1, example="3", origin="links"
    )
    statement_count = c.whole_number(
        "Capability statements", "역량 진술 수", unit="statements", min=0, example="2", origin="capabilities"
    )
    fields = c.texts(
        "Fields the firm sells in, by its statements", "역량 분야", example="digital_twin", origin="capabilities.fields"
    )


class Identifiers(dy.Schema):
    firm_id = c.firm_id(primary_key=True)
    scheme = c.text("Identifier scheme", "번호 체계", example="business_no", primary_key=True)
    value = c.text(
        "The identifier",
        "번호",
        primary_key=True,
        example="9998100015",
        personal="business numbers of corporations only",
    )
    source = c.source(primary_key=True)
    record_key = c.record_key(primary_key=True)
    is_checksum_ok = c.flag(
        "Passes the check digit",
        "검증번호 일치",
        null="the scheme has no check digit",
        origin="computed from the value",
    )


class Names(dy.Schema):
    firm_id = c.firm_id(primary_key=True)
    name = c.text("Name", "이름", primary_key=True, min_length=1, example="(주)가나스마트팩토리", personal=c.TRADE_NAME)
    kind = c.one_of("Kind of name", "이름의 종류", ("register", "english", "former", "second"), primary_key=True)
    source = c.source(primary_key=True)
    record_key = c.record_key(primary_key=True)


class Attributes(dy.Schema):
    firm_id = c.firm_id(primary_key=True)
    attribute = c.text("Attribute", "속성", example="established", primary_key=True)
    value = c.text(
        "Value as text: dates as YYYY-MM-DD, numbers in digits",
        "값(문자열)",
        primary_key=True,
        example="2015-03-02",
        personal="addresses and homepages of corporations; of others province and city or district only",
    )
    source = c.source(primary_key=True)
    record_key = c.record_key(primary_key=True)
    as_of = c.as_of()
    basis = c.one_of("Who vouches for it", "근거", ("register", "self_declared"))
    is_chosen = c.flag("This value stands in firms", "대표값으로 선택됨", origin="the order that `rule` names")
    rule = c.text(
        "Why this value and no other: only value, all agree, finer place, authority of the source, newer, "
        "or first in order",
        "선택 이유",
        example="authority",
        null="not the chosen value",
    )


class Capabilities(dy.Schema):
    statement_id = c.text("Identifier of the statement", "진술 번호", example="S0123456789abcdef", primary_key=True)
    firm_id = c.firm_id()
    text = c.text(
        "The statement as the source words it",
        "출처의 문구",
        min_length=1,
        example="머신비전 검사장비",
        origin="the columns that the source declares as statements",
    )
    language = c.one_of("Language of the text", "언어", ("ko", "en"))
    kind = c.text("Kind of statement", "진술의 종류", example="product")
    source = c.source()
    record_key = c.record_key()
    as_of = c.as_of()
    weight_class = c.one_of("How much the source's kind of statement counts", "증거의 무게", c.WEIGHT_CLASSES)
    tier = c.one_of("How sure the record belongs to the firm", "연결 등급", ("same", "probable"))
    role = c.one_of(
        "Sells the technology, uses it, makes parts or material of what the text names, or unknown",
        "판매·사용·부품 제조 구분",
        ("sells", "uses", "makes_object", "unknown"),
    )
    concepts = c.texts("Capability concepts that the firm offers by the text", "역량 개념", example="machine_vision")
    fields = c.texts("Fields of those concepts", "분야", example="identification_machine_vision")


class Certifications(dy.Schema):
    firm_id = c.firm_id(primary_key=True)
    scheme = c.text("Certification scheme", "인증 제도", example="venture", primary_key=True)
    number = c.text(
        "Certificate number, or kind where the source has none",
        "인증번호(없으면 유형)",
        null="not given",
        example="혁신성장유형",
    )
    valid_from = c.day("First day of validity", "유효 시작일", null="not given")
    valid_to = c.day("Last day of validity", "유효 종료일", null="not given", example="2028-09-09")
    source = c.source(primary_key=True)
    record_key = c.record_key(primary_key=True)


class Designations(dy.Schema):
    firm_id = c.firm_id(primary_key=True)
    field = c.text("Designated field", "지정 분야", primary_key=True, example="디지털 트윈")
    number = c.text("Designation number", "지정번호", null="not given", example="2026-001")
    valid_from = c.day("First day of validity", "유효 시작일", null="not given")
    valid_to = c.day("Last day of validity", "유효 종료일", null="not given", example="2028-09-09")
    source = c.source(primary_key=True)
    record_key = c.record_key(primary_key=True)


class Statuses(dy.Schema):
    firm_id = c.firm_id(primary_key=True)
    status = c.one_of("Business status", "영업 상태", ("active", "suspended", "closed"))
    status_date = c.day("Date the status was true", "상태 기준일")
    source = c.source(primary_key=True)
    record_key = c.record_key(primary_key=True)


class Patents(dy.Schema):
    application_no = c.text(
        "Application number", "출원번호", primary_key=True, regex=r"^\d{13}$", example="1020990000011"
    )
    firm_id = c.firm_id(primary_key=True)
    title = c.text("Title of the invention", "발명의 명칭", min_length=1, example="설비 이상 진단 방법")
    ipc = c.text("IPC symbols, joined by |", "국제특허분류(|로 구분)", null="not given", example="G05B 23/02|G06N 3/08")
    filed = c.day("Filing date", "출원일", null="not given")
    registered = c.day("Registration date", "등록일", null="not registered")
    state = c.text("Legal state", "특허 상태", null="not given", example="등록")
    source = c.source()
    record_key = c.record_key()


class Links(dy.Schema):
    record_key = c.record_key(primary_key=True)
    firm_id = c.firm_id()
    tier = c.one_of("How sure the link is", "연결 등급", c.TIERS)
    rule = c.text("Rule that joined the record", "연결 규칙", example="business_no")
    score = c.column(
        dy.Float64,
        "Probability that the link is right; 1 for identifiers and decisions",
        "연결이 맞을 확률",
        unit="share",
        min=0.0,
        max=1.0,
        example="0.99",
    )
    linked_to = c.text(
        "Record of the same firm that this one hangs on",
        "연결된 상대 기록",
        null="the firm's only record",
        example="dart:00126380",
        regex=c.RECORD_KEY_PATTERN,
    )


class OpenPairs(dy.Schema):
    left = c.text(
        "Key of the first record", "첫째 기록", primary_key=True, regex=c.RECORD_KEY_PATTERN, example="dart:00126380"
    )
    right = c.text(
        "Key of the second record",
        "둘째 기록",
        primary_key=True,
        regex=c.RECORD_KEY_PATTERN,
        example="venture:0a1b2c3d4e5f",
    )
    rule = c.text("What the two agree in", "일치하는 항목", example="name+province")
    score = c.column(
        dy.Float64,
        "Probability that they are one firm",
        "같은 기업일 확률",
        unit="share",
        min=0.0,
        max=1.0,
        example="0.87",
    )
    reason = c.one_of(
        "Why a person decides: evidence too weak; one record fits two firms; numbers or days of two firms",
        "사람이 판단하는 이유",
        ("weak", "ambiguous", "exclusive"),
    )


class History(dy.Schema):
    firm_id = c.firm_id(primary_key=True)
    event = c.one_of(
        "Another id merged into this one; or records of this one split off to another",
        "사건",
        ("merged", "split"),
        primary_key=True,
    )
    other_firm_id = c.text("The other id", "상대 번호", primary_key=True, example="F0A1B2C3D4E")
    since = c.text("Snapshot of the event", "시작 스냅숏", primary_key=True, example="2026-11-25T183000Z")
    record_count = c.whole_number("Records that came or went", "옮겨진 기록 수", unit="records", min=1, example="1")


class Redirects(dy.Schema):
    old_firm_id = c.firm_id(primary_key=True)
    firm_id = c.firm_id()
    since = c.text("Snapshot since which it redirects", "시작 스냅숏", example="2026-11-25T183000Z")


class Embeddings(dy.Schema):
    text_hash = c.text(
        "First 16 hexadecimal digits of the SHA-256 of the text",
        "문구의 해시",
        primary_key=True,
        example="00a1b2c3d4e5f607",
    )
    model = c.text(
        "Model and content hash of its weights", "임베딩 모델", primary_key=True, example="static_ko_en-0123456789ab"
    )
    vector = c.column(
        dy.List,
        "Embedding of the text, length 1",
        "임베딩 벡터",
        inner=dy.Float32(nullable=False),
        nullable=False,
        example="[0.12, -0.03, ...]",
        unit="none; cosine is the dot product",
    )


class Changes(dy.Schema):
    firm_id = c.firm_id()
    change = c.one_of("What happened since the snapshot before", "변화", ("added", "removed", "changed"))
    table = c.text("Table it happened in", "표", example="firms")
    column = c.text("Column that changed", "열", null="the whole row", example="region")
    old = c.text("Value before", "이전 값", null="there was none", example="경기도 화성시", personal=_AS_THERE)
    new = c.text("Value now", "새 값", null="there is none", example="경기도 평택시", personal=_AS_THERE)


GOLD_TABLES: Final[dict[str, type[dy.Schema]]] = {
    "firms": Firms,
    "identifiers": Identifiers,
    "names": Names,
    "attributes": Attributes,
    "capabilities": Capabilities,
    "certifications": Certifications,
    "designations": Designations,
    "statuses": Statuses,
    "patents": Patents,
    "links": Links,
    "open_pairs": OpenPairs,
    "redirects": Redirects,
    "history": History,
    "embeddings": Embeddings,
    "changes": Changes,
}
"""Every gold table by its name; the grain of each is its primary key."""

SORT_KEYS: Final[dict[str, list[str]]] = {
    "changes": ["firm_id", "table", "column", "change", "old", "new"],
    "capabilities": ["firm_id", "statement_id"],
}
"""Total order of the rows, where it is not the primary key."""


def sort_key(table: str) -> list[str]:
    return SORT_KEYS.get(table) or list(GOLD_TABLES[table].primary_key())
