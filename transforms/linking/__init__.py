"""Which records are one firm: rules of measured precision, never the name alone."""

from transforms.linking.cluster import LinkedRecords, link
from transforms.linking.identity import FirmIdentities, assign_firm_ids

__all__ = ["FirmIdentities", "LinkedRecords", "assign_firm_ids", "link"]
