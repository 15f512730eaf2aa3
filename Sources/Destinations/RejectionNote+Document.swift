internal import DICOM
internal import Migration

extension RejectionNote {
    /// The document, element by element.
    func document() throws(DICOMError) -> DataSet {
        var document = DataSet()
        try document.set(.specificCharacterSet, "ISO_IR 192")
        let moment = writtenAt.text.filter(\.isNumber)
        let texts: [(Tag, String)] = [
            (.sopClassUID, Self.sopClassUID), (.sopInstanceUID, sopInstanceUID), (.studyDate, study.studyDate), (.contentDate, String(moment.prefix(8))),
            (.studyTime, study.studyTime), (.contentTime, String(moment.dropFirst(8).prefix(6))), (.accessionNumber, study.accessionNumber),
            (.modality, "KO"), (.manufacturer, "Skein"), (.referringPhysicianName, ""), (.timezoneOffsetFromUTC, "+0000"), (.studyID, ""),
            (.studyInstanceUID, study.studyInstanceUID), (.seriesInstanceUID, Self.seriesInstanceUID(in: study.studyInstanceUID, generation)),
            (.seriesNumber, "999"), (.instanceNumber, "1"),
        ]
        for (tag, text) in texts { try document.set(tag, text) }
        try setPatient(in: &document)
        try document.set(.referencedPerformedProcedureStepSequence, items: [])
        try document.set(.currentRequestedProcedureEvidenceSequence, items: [evidence()])
        try setContent(in: &document)
        return document
    }

    private func setPatient(in document: inout DataSet) throws(DICOMError) {
        let patient = study.patient
        let texts: [(Tag, Identifying)] = [
            (.patientName, patient.name), (.patientID, patient.patientID), (.patientBirthDate, patient.birthDate), (.patientSex, patient.sex),
        ]
        for (tag, text) in texts { try document.set(tag, text.reveal()) }
        if !patient.issuer.isBlank { try document.set(.issuerOfPatientID, patient.issuer.reveal()) }
    }

    /// The study with its series, and what is rejected in each (PS3.3 §C.17.6.2.1).
    private func evidence() throws(DICOMError) -> DataSet {
        var series: [DataSet] = []
        for uid in Set(entries.map(\.seriesInstanceUID)).sorted() { // unordered: it is sorted
            var objects: [DataSet] = []
            for entry in entries where entry.seriesInstanceUID == uid { objects.append(try reference(entry)) }
            var item = DataSet()
            try item.set(.referencedSOPSequence, items: objects)
            try item.set(.seriesInstanceUID, uid)
            series.append(item)
        }
        var item = DataSet()
        try item.set(.referencedSeriesSequence, items: series)
        try item.set(.studyInstanceUID, study.studyInstanceUID)
        return item
    }

    private func reference(_ entry: Entry) throws(DICOMError) -> DataSet {
        var item = DataSet()
        try item.set(.referencedSOPClassUID, entry.sopClassUID)
        try item.set(.referencedSOPInstanceUID, entry.sopInstanceUID)
        return item
    }

    /// The document's tree (PS3.16 TID 2010): its title, and each object that is rejected.
    private func setContent(in document: inout DataSet) throws(DICOMError) {
        var template = DataSet()
        try template.set(.mappingResource, "DCMR")
        try template.set(.templateIdentifier, "2010")
        var content: [DataSet] = []
        for entry in entries {
            var item = DataSet()
            try item.set(.referencedSOPSequence, items: [reference(entry)])
            try item.set(.relationshipType, "CONTAINS")
            try item.set(.valueType, ContentKind(ofClass: entry.sopClassUID).rawValue)
            content.append(item)
        }
        try document.set(.valueType, "CONTAINER")
        try document.set(.conceptNameCodeSequence, items: [title()])
        try document.set(.continuityOfContent, "SEPARATE")
        try document.set(.contentTemplateSequence, items: [template])
        try document.set(.contentSequence, items: content)
    }

    /// Objects in a wrong patient's name: of the titles of PS3.16 CID 7010 the one at which nobody is shown what is rejected.
    private func title() throws(DICOMError) -> DataSet {
        var code = DataSet()
        try code.set(.codeValue, "113037")
        try code.set(.codingSchemeDesignator, "DCM")
        try code.set(.codeMeaning, "Rejected for Patient Safety Reasons")
        return code
    }
}

/// What kind of content item refers to an object (PS3.3 §C.17.3.2.1).
private enum ContentKind: String {
    case image = "IMAGE"
    case waveform = "WAVEFORM"
    case composite = "COMPOSITE"

    /// Storage classes without images behind `1.2.840.10008.5.1.4.1.1.`, by how they begin: presentation states, raw data and registrations, real world values,
    /// surfaces, measurements of eyes, documents, and plans of radiotherapy.
    private static let composites = [
        "11.", "66", "67", "68.", "78.", "79.", "80.", "88.", "104.", "131", "200.", "201.", "481.3", "481.4", "481.5", "481.6", "481.7", "481.8", "481.9",
    ]

    init(ofClass uid: String) {
        let storage = "1.2.840.10008.5.1.4.1.1."
        let segmentations = ["66.4", "66.7", "66.8"]
        guard uid.hasPrefix(storage) else {
            self = .composite
            return
        }
        let rest = uid.dropFirst(storage.count)
        if rest.hasPrefix("9.") {
            self = .waveform
        } else if segmentations.contains(String(rest)) || !Self.composites.contains(where: rest.hasPrefix) {
            self = .image
        } else {
            self = .composite
        }
    }
}

extension Tag {
    fileprivate static let contentDate = Tag(0x0008, 0x0023)
    fileprivate static let contentTime = Tag(0x0008, 0x0033)
    fileprivate static let manufacturer = Tag(0x0008, 0x0070)
    fileprivate static let referringPhysicianName = Tag(0x0008, 0x0090)
    fileprivate static let codeValue = Tag(0x0008, 0x0100)
    fileprivate static let codingSchemeDesignator = Tag(0x0008, 0x0102)
    fileprivate static let codeMeaning = Tag(0x0008, 0x0104)
    fileprivate static let mappingResource = Tag(0x0008, 0x0105)
    fileprivate static let timezoneOffsetFromUTC = Tag(0x0008, 0x0201)
    fileprivate static let referencedPerformedProcedureStepSequence = Tag(0x0008, 0x1111)
    fileprivate static let referencedSeriesSequence = Tag(0x0008, 0x1115)
    fileprivate static let referencedSOPClassUID = Tag(0x0008, 0x1150)
    fileprivate static let referencedSOPInstanceUID = Tag(0x0008, 0x1155)
    fileprivate static let referencedSOPSequence = Tag(0x0008, 0x1199)
    fileprivate static let relationshipType = Tag(0x0040, 0xA010)
    fileprivate static let valueType = Tag(0x0040, 0xA040)
    fileprivate static let conceptNameCodeSequence = Tag(0x0040, 0xA043)
    fileprivate static let continuityOfContent = Tag(0x0040, 0xA050)
    fileprivate static let currentRequestedProcedureEvidenceSequence = Tag(0x0040, 0xA375)
    fileprivate static let contentTemplateSequence = Tag(0x0040, 0xA504)
    fileprivate static let templateIdentifier = Tag(0x0040, 0xDB00)
    fileprivate static let contentSequence = Tag(0x0040, 0xA730)
}
