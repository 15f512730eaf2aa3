"""The discs of one hospital read in many orders by fleets of different sizes: each study comes to the same."""
