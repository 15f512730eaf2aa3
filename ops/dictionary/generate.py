#!/usr/bin/env python3
"""Write the data dictionary of PS3.6 as Swift, from the tables of an installed pydicom.

    ops/dictionary/generate.py > Sources/DICOM/DataDictionaryTable.swift

One line an element: eight hexadecimal digits of the tag (`x` where PS3.6 has a range, as in 60xx), the value
representations without a separator, a space, the keyword. Where PS3.6 allows several representations they stand
in its order (`USSS`), and the reader takes the first.

One string literal, read when it is first needed: an array literal of this length costs the compiler minutes.
"""

import pydicom
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

HEADER = """// Made by ops/dictionary/generate.py from the tables of pydicom {version} (PS3.6). Do not edit.

/// The data dictionary of PS3.6: a line for each element, sorted by tag; see `DataDictionary` for the form of a line.
let dataDictionaryTable = \"\"\"
"""


def line(tag: str, entry: tuple[str, str, str, str, str]) -> str:
    """A line of the table: the entry's representations and keyword after its tag."""
    representations = entry[0].replace(" or ", "").replace("NONE", "")
    return f"    {tag}{representations} {entry[4]}"


def main() -> None:
    """Print the Swift file: first the plain tags in order, then those with a range."""
    print(HEADER.format(version=pydicom.__version__), end="")
    for tag, entry in sorted(DicomDictionary.items()):
        print(line(f"{tag:08X}", entry))
    for tag, entry in sorted(RepeatersDictionary.items()):
        print(line(tag, entry))
    print('    """')


if __name__ == "__main__":
    main()
