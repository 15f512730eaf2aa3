-- All studies of the legacy index as if they had been read: what the engine enters for a study's inventory, as far as the simulation looks at it.
INSERT INTO study(uid, patient_id, header, state, attempts, detail, was_granted, done_count, is_corroborated, flags, two_patients, instance_conflict,
  two_contents, instance_count, byte_count, unreadable_count, beyond)
SELECT uid, patient_id,
  json_object('accessionNumber', accession, 'modalities', json_array(modalities), 'patient',
    json_object('birthDate', birth_date, 'issuer', issuer, 'name', name, 'patientID', patient_id, 'sex', sex),
    'studyDate', coalesce(CAST(study_day AS TEXT), ''), 'studyDescription', description, 'studyInstanceUID', uid, 'studyTime', study_time),
  'inventoried', 0, '', 0, 0, 0, '', 0, 0, 0, coalesce(instance_count, 0), 0, 0, '[]'
FROM legacy_study ORDER BY medium_label, uid;
