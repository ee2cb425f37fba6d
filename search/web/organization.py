"""A firm as JSON-LD, for search engines."""

from __future__ import annotations

from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from schemas.vocabulary import Vocabulary
from search.answer.profile import Profile


def organization(profile: Profile, vocabulary: Vocabulary, address: str) -> Markup:
    """A schema.org Organization out of what the firm's page shows, safe inside a script element."""
    firm = profile.firm
    others = sorted({entry["name"] for entry in profile.names} - {firm["name"]})
    known: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": address,
        "name": firm["name"],
        "alternateName": others or None,
        "url": _web_address(firm["homepage"]) if firm["is_corporation"] else None,
        "foundingDate": firm["established"] and firm["established"].isoformat(),
        "numberOfEmployees": firm["employees"],
        "address": {
            "@type": "PostalAddress",
            "addressCountry": firm["country"],
            **({"addressRegion": firm["region"]} if firm["region"] else {}),
        },
        "identifier": [
            {"@type": "PropertyValue", "propertyID": scheme, "value": value}
            for scheme, value in dict.fromkeys((entry["scheme"], entry["value"]) for entry in profile.identifiers)
        ],
        "knowsAbout": [vocabulary.field[name].en for name in firm["fields"] if name in vocabulary.field],
        "hasCredential": [
            {"@type": "EducationalOccupationalCredential", "credentialCategory": entry["scheme"]}
            for entry in profile.certifications
        ],
    }
    return htmlsafe_json_dumps({name: value for name, value in known.items() if value})


def _web_address(homepage: str | None) -> str | None:
    if not homepage:
        return None
    return homepage if homepage.startswith(("http://", "https://")) else f"http://{homepage}"
