"""Real faults: the real programs, a real PACS, and one fault at a time, at a moment that a seed chooses."""
