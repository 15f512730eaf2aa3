/// Who a patient is, as the hospital's orders or a DICOM object write it.
public struct PatientIdentity: Hashable, Sendable, Codable {
    /// Patient ID (0010,0020).
    public var patientID: Identifying
    /// Issuer of Patient ID (0010,0021); empty when unknown.
    public var issuer: Identifying
    /// Patient's Name (0010,0010) with its component groups: alphabetic=ideographic=phonetic (PS3.5 §6.2.1).
    public var name: Identifying
    /// Patient's Birth Date (0010,0030), YYYYMMDD; empty when unknown.
    public var birthDate: Identifying
    /// Patient's Sex (0010,0040): M, F, O; empty when unknown.
    public var sex: Identifying

    /// An identity of these values; what is unknown is the empty string.
    public init(
        patientID: Identifying, issuer: Identifying = "", name: Identifying = "", birthDate: Identifying = "",
        sex: Identifying = ""
    ) {
        self.patientID = patientID
        self.issuer = issuer
        self.name = name
        self.birthDate = birthDate
        self.sex = sex
    }
}

/// One order of the hospital's order system (OCS, RIS): an exam that was asked for.
public struct Order: Hashable, Sendable, Codable {
    /// The patient as the hospital writes it.
    public var patient: PatientIdentity
    /// Accession Number (0008,0050): at most 16 characters (SH).
    public var accessionNumber: String
    /// Study Instance UID, where the order system knows it; otherwise empty.
    public var studyInstanceUID: String
    /// The day of the exam; nil where the order has none.
    public var examDate: CalendarDate?
    /// The time of the exam, HHMMSS; empty when unknown.
    public var examTime: String
    /// The hospital's modality code, mapped to DICOM's by configuration.
    public var modality: String
    /// The hospital's procedure code.
    public var procedureCode: String
    /// What was asked for, in the hospital's words.
    public var procedureDescription: String
    /// The department that asked.
    public var department: String
    /// The order's status in the hospital's words; ``isCancelled`` tells what matters here.
    public var status: String

    /// An order of these values; what is unknown is the empty string or nil.
    public init(
        patient: PatientIdentity, accessionNumber: String, studyInstanceUID: String = "", examDate: CalendarDate?,
        examTime: String = "", modality: String, procedureCode: String = "", procedureDescription: String = "",
        department: String = "", status: String = ""
    ) {
        self.patient = patient
        self.accessionNumber = accessionNumber
        self.studyInstanceUID = studyInstanceUID
        self.examDate = examDate
        self.examTime = examTime
        self.modality = modality
        self.procedureCode = procedureCode
        self.procedureDescription = procedureDescription
        self.department = department
        self.status = status
    }

    /// Whether the order was cancelled (HL7 table 0038 `CA`, or the words). A cancelled order never matches.
    public var isCancelled: Bool { Self.isCancelled(status: status) }

    /// Whether an order of this status was cancelled.
    public static func isCancelled(status: String) -> Bool {
        ["ca", "cancelled", "canceled", "dc", "discontinued"].contains(status.lowercased())
    }
}
