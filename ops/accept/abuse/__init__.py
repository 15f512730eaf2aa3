"""Attacks on a coordinator at work: each is refused or bounded, and the fleet keeps its pace."""
