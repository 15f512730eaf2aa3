"""`pandas_join.py ORDERS STUDIES`: loads both files into frames, joins them, and prints the seconds of the join and the table, as JSON."""

import json
import sys
import time

import numpy as np
import pandas as pd


def main() -> None:
    """What counts is the time from the loaded frames to the table."""
    orders, studies = (pd.read_csv(path, dtype=str, keep_default_na=False) for path in sys.argv[1:3])
    orders = orders[["patient_id", "exam_date", "modality", "status"]].copy()
    studies = studies[["patient_id", "study_date", "modality"]].copy()
    started = time.monotonic()
    table = join(orders, studies)
    seconds = time.monotonic() - started
    json.dump({"seconds": seconds, "cells": [[modality, year, outcome, int(count)] for (modality, year, outcome), count in table.items()]}, sys.stdout)


def join(orders: pd.DataFrame, studies: pd.DataFrame) -> pd.Series:
    """Of several ways to write it the fastest: an inner merge, then how often each study is in it."""
    standing = orders[orders.status != "CA"]
    standing = standing.assign(modality=standing.modality.replace({"DSA": "XA"}))
    merged = studies.reset_index(names="study").merge(
        standing, left_on=["patient_id", "study_date", "modality"], right_on=["patient_id", "exam_date", "modality"])
    found = np.bincount(merged.study.to_numpy(), minlength=len(studies))
    known = studies.patient_id.isin(orders.patient_id).to_numpy()
    outcome = np.select([~known, found == 0, found == 1], ["patient level failed", "exam level failed", "matched"], "manual match")
    return studies.assign(outcome=outcome, year=studies.study_date.str[:4]).groupby(["modality", "year", "outcome"]).size()


if __name__ == "__main__":
    main()
