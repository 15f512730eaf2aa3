"""Severance Hospital's matching simulation, cell by cell, and its time beside the same join in SQL and in pandas (see README.md)."""
