"""`pydicom_scan.py LISTING KEYWORD…`: the headers of the listed files by pydicom, a line each."""

import logging
import sys

from pydicom import dcmread

logging.getLogger("pydicom").setLevel(logging.ERROR)
with open(sys.argv[1], encoding="utf-8") as listing:
    for line in listing:
        ds = dcmread(line.rstrip("\n"), stop_before_pixels=True)
        print(*(ds.get(keyword) for keyword in sys.argv[2:]), sep="\t")
