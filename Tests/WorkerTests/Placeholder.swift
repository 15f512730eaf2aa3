// The first test is yet to come.
