"""The fields that `worker inspect --json` prints of a header, and the keyword of each in PS3.6."""

ELEMENTS = {
    "sopClassUID": "SOPClassUID",
    "sopInstanceUID": "SOPInstanceUID",
    "studyInstanceUID": "StudyInstanceUID",
    "seriesInstanceUID": "SeriesInstanceUID",
    "patientID": "PatientID",
    "issuerOfPatientID": "IssuerOfPatientID",
    "patientName": "PatientName",
    "patientBirthDate": "PatientBirthDate",
    "patientSex": "PatientSex",
    "studyDate": "StudyDate",
    "studyTime": "StudyTime",
    "modality": "Modality",
    "accessionNumber": "AccessionNumber",
    "studyDescription": "StudyDescription",
    "characterSet": "SpecificCharacterSet",
}

# What a reading says of a file beside its fields, as `worker inspect` calls it.
DICOM, NOT_DICOM, DAMAGED = "dicom", "not-dicom", "damaged"

Reading = dict[str, str | None]
