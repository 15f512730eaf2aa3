"""A network that fails on demand: a TCP proxy that cuts, stalls and swallows, and knows where in a TLS record or a PDU it is."""
