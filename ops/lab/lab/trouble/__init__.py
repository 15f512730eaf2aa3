"""Trouble on the way: the real programs, a real PACS and a small hospital, and one thing at a time that goes wrong."""
