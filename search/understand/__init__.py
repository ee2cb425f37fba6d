"""From a sentence in the buyer's words to fields, concepts and constraints, each with its reason."""

from search.understand.need import Reason, Scored, Understood
from search.understand.understand import Understander

__all__ = ["Reason", "Scored", "Understander", "Understood"]
