"""Severance Hospital as Jung et al. 2004 counted it: orders and a mini-PACS database whose matching simulation gives the paper's tables again."""
