-- The tables that the sqlite3 shell joins: plain columns, cleaned, with an index that covers the query. CSV files are imported before as csv_orders and csv_studies.
CREATE TABLE orders AS
  SELECT trim(patient_id) AS patient_id, nullif(exam_date, '') AS exam_date, CASE modality WHEN 'DSA' THEN 'XA' ELSE modality END AS modality,
    CASE WHEN status IN ('cancelled', 'DC') THEN 'CA' ELSE status END AS status
  FROM csv_orders;
CREATE TABLE studies AS SELECT trim(patient_id) AS patient_id, nullif(study_date, '') AS study_date, modality FROM csv_studies;
DROP TABLE csv_orders;
DROP TABLE csv_studies;
CREATE INDEX orders_index ON orders(patient_id, exam_date, modality, status);
CREATE INDEX studies_index ON studies(patient_id, study_date, modality);
ANALYZE;
VACUUM;
