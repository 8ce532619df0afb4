"""The columnar inventory: the seam between collecting and everything after."""

from auditor.inventory.builder import InventoryBuilder
from auditor.inventory.tables import Inventory, empty, same

__all__ = ["Inventory", "InventoryBuilder", "empty", "same"]
