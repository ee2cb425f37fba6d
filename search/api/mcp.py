"""The search as tools for assistants (Model Context Protocol), with reasons, sources and unknowns intact."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi.encoders import jsonable_encoder
from mcp.server import MCPServer
from pydantic import Field

from search.http.pinned import PinnedService
from search.parameters import band_names, chosen_roles, field_ids, region_codes
from search.query import Filters
from search.service import LONGEST_NEED

_INSTRUCTIONS: Final = """Finds Korean industrial technology firms by what they can do. Give the need in the buyer's own
words, Korean or English. Quote the evidence with its source and date, tell what is unknown, and say so when there is
no good match. The band of a hit says what its evidence is worth: `states` what is needed, is of the same `field` but
other work, or fits by `name` or industry only. Where `nobody_states`, say that first, and offer what `closest`,
`relaxations` and `registered_without_evidence` give. Ranking knows no popularity and no payment. A registered supplier
is not a designated specialist."""

Need = Annotated[str, Field(description="What is needed, in plain Korean or English.", max_length=LONGEST_NEED)]
Roles = Annotated[
    list[str] | None,
    Field(
        description="Corrects the reading: <from>-<to>:<want, hurts, have or not_wanted>, a place of understood.spans."
    ),
]


def create_mcp(lake_url: str, engine: str = "embedded") -> MCPServer:
    """A server with the tools `search`, `understand` and `firm` over a lake; it is opened at the first call.

    A wrong argument becomes the tool's error, with what to do instead.
    """
    pinned = PinnedService(lake_url, engine)
    server = MCPServer("caplake", instructions=_INSTRUCTIONS)

    @server.tool()
    def search(
        need: Need,
        limit: Annotated[int, Field(ge=1, le=50)] = 5,
        region: Annotated[list[str] | None, Field(description="Names or codes, e.g. 대구.")] = None,
        field: Annotated[list[str] | None, Field(description="Ids of fields, e.g. digital_twin.")] = None,
        band: Annotated[list[str] | None, Field(description="List only these: states, field, name.")] = None,
        role: Roles = None,
    ) -> dict[str, Any]:
        """Ranked firms that can do what is needed, each with reasons, quoted evidence, unknowns and a question."""
        filters = Filters(region=region_codes(region or []), field=field_ids(field or []))
        roles, bands = chosen_roles(role or []), band_names(band or [])
        answer = pinned.get().search(need, limit=limit, filters=filters, roles=roles, bands=bands).as_dict()
        return _plain({name: value for name, value in answer.items() if name != "facets"})

    @server.tool()
    def understand(need: Need, role: Roles = None) -> dict[str, Any]:
        """What a need is taken to mean: fields, capabilities, filters, and why; searches nothing."""
        return _plain(pinned.get().understand(need, chosen_roles(role or [])).as_dict())

    @server.tool()
    def firm(firm_id: Annotated[str, Field(description="Id from an answer of `search`.")]) -> dict[str, Any]:
        """All that may be shown of one firm: identity, statements by source, certifications, patents, records."""
        service = pinned.get()
        if (current := service.profiles.current_id(firm_id)) is None:
            raise ValueError(f"No firm has the id {firm_id[:20]}. Ids are in the answers of `search`.")
        return _plain({"snapshot": service.snapshot.name, **service.profiles.get(current).as_dict()})

    return server


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """With dates as text."""
    plain: dict[str, Any] = jsonable_encoder(document)
    return plain
