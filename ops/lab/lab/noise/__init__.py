"""A noisy hospital with truth, made of tables alone: what matching is tuned on, and what it is judged by."""
