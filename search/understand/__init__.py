"""From a sentence in the buyer's words to fields, concepts and constraints, each with its reason."""

from search.understand.understand import Understander

__all__ = ["Understander"]
