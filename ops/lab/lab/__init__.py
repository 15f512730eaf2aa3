"""A hospital in a box: discs, orders, the truth about them, a PACS, and the check of what arrived there."""
