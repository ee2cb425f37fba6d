"""Which records are one firm: rules of measured precision, never the name alone."""

from transforms.linking.cluster import LinkedRecords, link
from transforms.linking.identity import FirmIdentities, assign_firm_ids, id_history

__all__ = ["FirmIdentities", "LinkedRecords", "assign_firm_ids", "id_history", "link"]
