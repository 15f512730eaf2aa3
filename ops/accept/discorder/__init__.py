"""The discs of one hospital read in many orders by fleets of different sizes, the hospital telling of orders and patients meanwhile: each study comes to the same."""
