"""`make accept-orders`: orders and patients by HL7 and by modality worklist, beside a coordinator that is killed, against what was said."""
