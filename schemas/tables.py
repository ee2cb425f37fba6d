"""What a table as a whole means: its grain, where its rows come from, its licence and what to beware of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import dataframely as dy

from schemas.records import QUARANTINE_COLUMNS

Quarantine: type[dy.Schema] = type("Quarantine", (dy.Schema,), dict(QUARANTINE_COLUMNS))

OF_SOURCES: Final = "facts of the sources that `source` names, each under its own licence: `sources` in manifest.json"
OWN_WORK: Final = "our own work over the sources' facts, Apache-2.0; the facts themselves under their sources' licences"


@dataclass(frozen=True)
class TableNote:
    """A table's entry in the dictionary: `grain` says what one row is, `warnings` (en, ko) what to beware of."""

    en: str
    ko: str
    grain: str
    grain_ko: str
    made_from: str
    licence: str
    warnings: tuple[tuple[str, str], ...] = ()


_PARTIAL: Final = (
    "The registers are partial and of different dates: a firm that is absent may exist all the same.",
    "명부는 일부이고 기준일도 서로 다릅니다. 여기 없다고 기업이 없는 것은 아닙니다.",
)
_REGISTERED: Final = (
    "A registered supplier is not a designated specialist firm; designation stands in `designations` alone.",
    "등록 공급기업은 전문기업 지정이 아닙니다. 지정은 `designations`에만 있습니다.",
)
_SELF_TOLD: Final = (
    "Most statements are one line of products that the firm wrote itself; their absence says nothing.",
    "진술은 대부분 기업이 스스로 적은 주생산품 한 줄이며, 없다고 역량이 없는 것은 아닙니다.",
)
_PROBABLE: Final = (
    "Records of tier `probable` are probably of this firm; filter links.tier = 'same' where it must be certain.",
    "`probable` 등급은 같은 기업으로 추정된 기록입니다. 확실해야 하면 links.tier = 'same'만 쓰십시오.",
)
_SAMPLE: Final = (
    "The bundled patents are a skewed sample, most of two universities: read no shares or rankings from them. The "
    "applicant is not always the present owner.",
    "함께 제공되는 특허는 두 대학에 치우친 표본이므로 비중이나 순위를 읽지 마십시오. "
    "출원인이 현재 권리자가 아닐 수 있습니다.",
)

TABLE_NOTES: Final[dict[str, TableNote]] = {
    "firms": TableNote(
        "Every firm with the one value of each attribute that is shown",
        "기업과 대표값",
        "one firm",
        "기업 하나",
        "attributes, statuses, capabilities, designations and links",
        OWN_WORK,
        (_PARTIAL, _REGISTERED),
    ),
    "identifiers": TableNote(
        "Numbers by which registers know a firm",
        "기업의 각종 번호",
        "one number of one scheme, as one record says it",
        "기록이 말한 번호 하나",
        "number columns of the sources",
        OF_SOURCES,
        (_PROBABLE,),
    ),
    "names": TableNote(
        "Every name a firm goes or went by",
        "기업의 모든 이름(옛 이름 포함)",
        "one name, as one record says it",
        "기록이 말한 이름 하나",
        "name columns of the sources; former and second names out of their brackets",
        OF_SOURCES,
        (_PROBABLE,),
    ),
    "attributes": TableNote(
        "What each record says of a firm, and which value was chosen to be shown",
        "기록별 속성값과 대표값 선택",
        "one value of one attribute, as one record says it",
        "기록이 말한 속성값 하나",
        "attribute columns of the sources",
        OF_SOURCES,
        (_PROBABLE,),
    ),
    "capabilities": TableNote(
        "What a firm can do, in the words of a source, tagged with concepts and fields",
        "역량 진술과 개념·분야",
        "one statement of one record",
        "기록의 진술 하나",
        "text columns that the sources declare; concepts and fields by the knowledge base",
        OF_SOURCES,
        (_SELF_TOLD, _PROBABLE),
    ),
    "certifications": TableNote(
        "Certifications and their validity",
        "인증과 유효기간",
        "one certification of one record",
        "기록의 인증 하나",
        "registers of certifications",
        OF_SOURCES,
        (_PARTIAL,),
    ),
    "designations": TableNote(
        "Designations as specialist firm, as their own source says them",
        "전문기업 지정",
        "one designated field of one record",
        "기록의 지정 분야 하나",
        "registers of designations; empty as long as none is published",
        OF_SOURCES,
        (
            (
                "Empty means that no register was available, not that no firm is designated.",
                "비어 있으면 명부가 없다는 뜻이지 지정 기업이 없다는 뜻이 아닙니다.",
            ),
        ),
    ),
    "statuses": TableNote(
        "Whether a firm is in business, as a source says on a date",
        "영업 상태",
        "one status of one record",
        "기록의 상태 하나",
        "status columns of the sources",
        OF_SOURCES,
    ),
    "patents": TableNote(
        "Patents and utility models with their corporate applicants",
        "특허·실용신안과 법인 출원인",
        "one application and applicant",
        "출원과 출원인의 짝 하나",
        "registers of patents",
        OF_SOURCES,
        (_SAMPLE,),
    ),
    "links": TableNote(
        "Which firm each record belongs to, and why",
        "기록과 기업의 연결과 근거",
        "one record",
        "기록 하나",
        "linking of all records, and decisions of people",
        OWN_WORK,
        (_PROBABLE,),
    ),
    "open_pairs": TableNote(
        "Pairs of records that may be one firm, for a person to decide",
        "사람이 판단할 기록 쌍",
        "one pair of records",
        "기록 쌍 하나",
        "linking of all records",
        OWN_WORK,
        (("An open pair is a question, not a link.", "미결 쌍은 연결이 아니라 질문입니다."),),
    ),
    "redirects": TableNote(
        "Firm ids that were merged into another",
        "합쳐진 기업 번호",
        "one old firm id",
        "옛 기업 번호 하나",
        "the ledger of firm ids",
        OWN_WORK,
    ),
    "history": TableNote(
        "Merges and splits of firm ids",
        "기업 번호의 병합·분리",
        "one event of one firm id",
        "기업 번호의 사건 하나",
        "the ledger of firm ids",
        OWN_WORK,
    ),
    "embeddings": TableNote(
        "Vectors of the distinct statements",
        "진술의 임베딩",
        "one distinct text and model",
        "서로 다른 문구와 모델 하나",
        "capabilities.text, by the model that `model` names",
        OWN_WORK,
        (("Compare only vectors of the same model.", "같은 모델의 벡터끼리만 비교하십시오."),),
    ),
    "changes": TableNote(
        "What differs from the snapshot before, value by value",
        "직전 스냅숏과의 차이",
        "one value, statement or firm that came, went or changed",
        "바뀐 값 하나",
        "firms, capabilities, certifications, designations, statuses and patents of both snapshots; "
        "`caplake lake changes` compares any two",
        OWN_WORK,
        (
            (
                "Compared with the snapshot that manifest.json names as `previous`; empty in a first snapshot.",
                "manifest.json의 `previous` 스냅숏과 비교합니다. 첫 스냅숏에서는 비어 있습니다.",
            ),
        ),
    ),
    "sources/<source>": TableNote(
        "Checked rows of one source in canonical columns",
        "출처별 검증된 기록",
        "one record of the source; editions of one record are one row, the newest value first",
        "출처의 기록 하나",
        "the source's raw files, as its source.yaml maps them",
        "the source's own: `sources` in manifest.json",
        (_PARTIAL,),
    ),
    "quarantine/<source>": TableNote(
        "Rows and values that were refused, with the rule they broke",
        "거부된 행과 값(비공개)",
        "one broken rule of one row",
        "행이 어긴 규칙 하나",
        "the source's raw files",
        "private: not for publication",
        (("Private: never share these files.", "비공개 자료이므로 공유하지 마십시오."),),
    ),
}


def table_note(table: str) -> TableNote:
    """The note of a gold table, or of the kind of table that `sources/venture` is. Raises KeyError without one."""
    folder, _, name = table.partition("/")
    return TABLE_NOTES[f"{folder}/<source>" if name else table]
