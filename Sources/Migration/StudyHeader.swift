/// What the objects of a study say of it: the attributes that matching and reports need.
///
/// An absent attribute and an empty one are the same here; both are the empty string.
public struct StudyHeader: Hashable, Sendable {
    /// Study Instance UID (0020,000D).
    public var studyInstanceUID: String
    /// The patient as the objects write it.
    public var patient: PatientIdentity
    /// Study Date (0008,0020) as written, normally YYYYMMDD.
    public var studyDate: String
    /// Study Time (0008,0030) as written.
    public var studyTime: String
    /// Accession Number (0008,0050) as written.
    public var accessionNumber: String
    /// Study Description (0008,1030).
    public var studyDescription: String
    /// The modalities (0008,0060) of its objects, sorted, each once.
    public var modalities: [String]
    /// Body Part Examined (0018,0015) of its objects as written, sorted, each once.
    public var bodyParts: [String] = []
    /// Laterality (0020,0060) or Image Laterality (0020,0062) of its objects, sorted, each once.
    public var lateralities: [String] = []
    /// Other Patient Names (0010,1001): the first of them that is not empty.
    public var otherNames: Identifying = ""

    /// Values of ``bodyParts``, and of ``lateralities``, that are kept: a study of a whole body has some ten parts.
    public static var codeLimit: Int { 16 }
    /// Bytes of such a value (CS, PS3.5 §6.2).
    public static var codeLength: Int { 16 }

    /// A header of these values.
    public init(
        studyInstanceUID: String, patient: PatientIdentity, studyDate: String = "", studyTime: String = "",
        accessionNumber: String = "", studyDescription: String = "", modalities: [String] = []
    ) {
        self.studyInstanceUID = studyInstanceUID
        self.patient = patient
        self.studyDate = studyDate
        self.studyTime = studyTime
        self.accessionNumber = accessionNumber
        self.studyDescription = studyDescription
        self.modalities = modalities
    }

    /// Adds what another object of the study says of modality, part and side.
    public mutating func addCodes(of other: StudyHeader) {
        modalities = Set(modalities + other.modalities).sorted()
        bodyParts = Set(bodyParts + other.bodyParts).sorted().prefix(Self.codeLimit).map(\.self)
        lateralities = Set(lateralities + other.lateralities).sorted().prefix(Self.codeLimit).map(\.self)
    }

    /// The day of the study; nil where none is written or it is no day.
    public var date: CalendarDate? { CalendarDate(studyDate) }
}

/// One object of a part, as it was read.
public struct InstanceRecord: Hashable, Sendable, Codable {
    /// SOP Instance UID (0008,0018).
    public var sopInstanceUID: String
    /// SOP Class UID (0008,0016).
    public var sopClassUID: String
    /// Series Instance UID (0020,000E).
    public var seriesInstanceUID: String
    /// The transfer syntax that the object really has.
    public var transferSyntaxUID: String
    /// SHA-256 of the file's bytes as read, 64 lower-case hexadecimal digits (law 7).
    public var sha256: String
    /// SHA-256 of the data set alone (without preamble and group 0002), likewise: equal for copies of one object whose files differ only in
    /// their meta information. Different values under one SOP Instance UID are a conflict (law 12).
    public var contentDigest: String
    /// The file's size in bytes.
    public var byteCount: Int64
    /// Where the file lies on its medium.
    public var path: String

    /// A record of these values.
    public init(
        sopInstanceUID: String, sopClassUID: String, seriesInstanceUID: String, transferSyntaxUID: String, sha256: String,
        contentDigest: String, byteCount: Int64, path: String
    ) {
        self.sopInstanceUID = sopInstanceUID
        self.sopClassUID = sopClassUID
        self.seriesInstanceUID = seriesInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
        self.sha256 = sha256
        self.contentDigest = contentDigest
        self.byteCount = byteCount
        self.path = path
    }
}

/// A file that could not be read, or that is no whole object.
public struct UnreadableFile: Hashable, Sendable, Codable {
    /// Where the file lies on its medium.
    public var path: String
    /// A stable code: `unreadable` (the medium gave no bytes), `cut` (the object ends too early), `invalid` (no valid object), `no-uid` (lacks a UID it needs).
    public var code: String
    /// The place and the limit in words, without patient data.
    public var detail: String
    /// The study that the file's header names, if that could be read; otherwise empty.
    public var studyInstanceUID: String
    /// The SOP Instance UID that the file's header names, if that could be read; otherwise empty.
    public var sopInstanceUID: String

    /// A finding of these values.
    public init(path: String, code: String, detail: String, studyInstanceUID: String = "", sopInstanceUID: String = "") {
        self.path = path
        self.code = code
        self.detail = detail
        self.studyInstanceUID = studyInstanceUID
        self.sopInstanceUID = sopInstanceUID
    }
}
