// The room's first file is yet to come.
