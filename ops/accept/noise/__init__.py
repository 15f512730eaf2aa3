"""accept-noise: matching by evidence, judged on noisy hospitals with truth."""
