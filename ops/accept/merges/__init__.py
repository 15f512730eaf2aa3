"""`make accept-merges`: patients are merged and renamed in the middle of a migration into Orthanc; what the PACS has in the end, by each profile."""
