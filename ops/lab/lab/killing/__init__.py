"""kill -9 of coordinator, workers and PACS at seeded moments of a migration, and what must be true afterwards."""
