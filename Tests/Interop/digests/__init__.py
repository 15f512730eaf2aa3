"""The digests of docs/digests.md, computed by a program that knows that page, PS3.5 and PS3.6, and no code of Skein's."""
