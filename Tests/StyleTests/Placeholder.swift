// The first rule is yet to come.
