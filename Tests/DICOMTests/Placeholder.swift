// The room's first test is yet to come.
