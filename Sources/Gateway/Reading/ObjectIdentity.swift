import DICOM
import Migration

/// What an object's header says that it is, and whether that is enough to migrate it.
struct ObjectIdentity {
    let sopClassUID: String
    let sopInstanceUID: String
    let seriesInstanceUID: String
    let studyHeader: StudyHeader

    /// Media Storage Directory Storage, the SOP class of a DICOMDIR (PS3.4 annex I.4): a hint, never an object of a study.
    private static let directoryClass = "1.2.840.10008.1.3.10"
    /// Characters of a UID (PS3.5 §9.1).
    private static let uidLength = 64

    /// What the header says. An object without any UID gets those that follow from its content, if a rule says which SOP class it is of.
    init(_ header: ObjectHeader, contentDigest: ContentDigest, rules: ReadingRules) {
        let sopClassUID = rules.sopClassUIDs[header.dataSet.string(.modality) ?? ""]
        let derived = sopClassUID == nil ? nil : DerivedIdentity(of: header, contentDigest: contentDigest)
        self.init(header, derived: derived, sopClassUID: sopClassUID ?? "")
    }

    /// What the header of an object says that was not read to its end.
    init(_ header: ObjectHeader) {
        self.init(header, derived: nil, sopClassUID: "")
    }

    private init(_ header: ObjectHeader, derived: DerivedIdentity?, sopClassUID: String) {
        let dataSet = header.dataSet
        let text = { (tag: Tag) in dataSet.string(tag) ?? "" }
        self.sopClassUID = derived == nil ? text(.sopClassUID) : sopClassUID
        sopInstanceUID = derived?.sopInstanceUID ?? text(.sopInstanceUID)
        seriesInstanceUID = derived?.seriesInstanceUID ?? text(.seriesInstanceUID)
        let patient = PatientIdentity(
            patientID: Identifying(text(.patientID)), issuer: Identifying(text(.issuerOfPatientID)),
            name: Identifying(text(.patientName)), birthDate: Identifying(text(.patientBirthDate)), sex: Identifying(text(.patientSex)))
        let modality = text(.modality)
        var studyHeader = StudyHeader(
            studyInstanceUID: derived?.studyInstanceUID ?? text(.studyInstanceUID), patient: patient, studyDate: text(.studyDate), studyTime: text(.studyTime),
            accessionNumber: text(.accessionNumber), studyDescription: Self.shortened(text(.studyDescription)),
            modalities: modality.isEmpty ? [] : [modality])
        studyHeader.bodyParts = Self.codes(dataSet, [.bodyPartExamined])
        studyHeader.lateralities = Self.codes(dataSet, [.laterality, .imageLaterality])
        studyHeader.otherNames = Identifying(Self.shortened(dataSet.strings(.otherPatientNames).first { !$0.isEmpty } ?? ""))
        self.studyHeader = studyHeader
    }

    /// The values of `tags` that are no longer than CS may be (PS3.5 §6.2), each once. They are evidence, and identify nothing: what is longer is left out.
    private static func codes(_ dataSet: DataSet, _ tags: [Tag]) -> [String] {
        Set(tags.flatMap { dataSet.strings($0) }.filter { (1...StudyHeader.codeLength).contains($0.utf8.count) }).sorted()
            .prefix(StudyHeader.codeLimit).map(\.self)
    }

    static func isDirectory(_ header: ObjectHeader) -> Bool {
        header.metaInformation?.string(.mediaStorageSOPClassUID) == directoryClass || header.dataSet.string(.sopClassUID) == directoryClass
    }

    var validStudyInstanceUID: String { Self.isUID(studyHeader.studyInstanceUID) ? studyHeader.studyInstanceUID : "" }
    var validSOPInstanceUID: String { Self.isUID(sopInstanceUID) ? sopInstanceUID : "" }

    /// Why the object cannot be migrated under its own identity: code `no-uid` or `invalid`, and the words.
    var fault: (code: String, detail: String)? {
        let uids = [
            (Tag.sopClassUID, sopClassUID), (.sopInstanceUID, sopInstanceUID), (.studyInstanceUID, studyHeader.studyInstanceUID),
            (.seriesInstanceUID, seriesInstanceUID),
        ]
        for (tag, uid) in uids where !Self.isUID(uid) {
            return uid.isEmpty
                ? ("no-uid", "\(tag) is missing or empty")
                : ("invalid", "\(tag) is no UID of digits and dots, at most \(Self.uidLength) characters")
        }
        let patient = studyHeader.patient
        let texts = [
            (Tag.patientID, patient.patientID.reveal()), (.issuerOfPatientID, patient.issuer.reveal()), (.patientName, patient.name.reveal()),
            (.patientBirthDate, patient.birthDate.reveal()), (.patientSex, patient.sex.reveal()), (.studyDate, studyHeader.studyDate),
            (.studyTime, studyHeader.studyTime), (.accessionNumber, studyHeader.accessionNumber), (.modality, studyHeader.modalities.first ?? ""),
        ]
        for (tag, text) in texts where text.utf8.count > GatewayLimits.headerTextByteCount {
            return ("invalid", "\(tag) has \(text.utf8.count) bytes; the limit is \(GatewayLimits.headerTextByteCount)")
        }
        return nil
    }

    private static func isUID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= uidLength
            && text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// A description identifies nothing: one that is too long is cut for the report.
    private static func shortened(_ text: String) -> String {
        var text = text
        while text.utf8.count > GatewayLimits.headerTextByteCount { text.removeLast() }
        return text
    }
}
