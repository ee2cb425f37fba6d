"""How deliveries come in: from a service, a folder or the bundled edition; raw bytes are kept with a receipt."""

from flows.fetch.delivery import Delivery, RawFile, keep, kept_delivery, latest_delivery
from flows.fetch.files import from_files

__all__ = ["Delivery", "RawFile", "from_files", "keep", "kept_delivery", "latest_delivery"]
