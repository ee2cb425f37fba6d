"""What goes wrong at a service: every fault of the contract, at a request that a seed picks, once or for good."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

PASSING: Final = (
    "gateway_xml_01",
    "gateway_xml_04_500",
    "gateway_json_05",
    "flat_json_99",
    "envelope_02",
    "too_fast_23",
    "too_fast_429",
    "plain_forwarding",
    "plain_500",
    "unavailable_503",
    "reset",
    "reset_mid_body",
    "cut_body",
    "cut_without_length",
    "drip",
    "firewall_page",
    "empty_body",
    "duplicate_row",
    "missing_row",
    "total_too_high",
    "total_too_low",
)
"""Over by themselves: the night must get the right table."""

HARMLESS: Final = ("wrong_content_type", "blank_lines_first", "total_as_text")
"""Odd, but the answer is all there."""

STOPPING: Final = ("quota_22", "quota_plain_429")
FATAL: Final = (
    "key_30",
    "key_4",
    "denied_20",
    "closed_12",
    "expired_31",
    "blacklisted_29",
    "plain_403",
    "not_found_404",
)


@dataclass
class Fault:
    """`kind` happens to the `at`th request to `service` and to the following ones, `times` in all (0: for good)."""

    kind: str
    service: str
    at: int
    times: int = 1


@dataclass
class Faults:
    """A plan; the server asks it about every request, in the order in which they come."""

    plan: Sequence[Fault] = ()
    seen: dict[str, int] = field(default_factory=dict)
    happened: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, service: str) -> str | None:
        with self.lock:
            number = self.seen[service] = self.seen.get(service, 0) + 1
            for fault in self.plan:
                over = fault.times and number >= fault.at + fault.times
                if fault.service == service and number >= fault.at and not over:
                    self.happened.append(f"{service}#{number} {fault.kind}")
                    return fault.kind
        return None


def seeded(seed: int, requests: Mapping[str, int]) -> Faults:
    """Up to four faults among each service's `requests`; one run in five has one that stops or refuses for good."""
    chance = random.Random(seed)

    def fault(kinds: Sequence[str], times: int) -> Fault:
        service = chance.choice(sorted(requests))
        return Fault(chance.choice(kinds), service, chance.randint(1, requests[service]), times)

    plan = [fault((*PASSING, *HARMLESS), chance.randint(1, 2)) for _ in range(chance.randint(1, 4))]
    if chance.random() < 0.2:
        plan.append(fault((*STOPPING, *FATAL), 0))
    return Faults(plan)
