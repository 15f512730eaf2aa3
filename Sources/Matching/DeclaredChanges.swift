public import Migration

/// The changes that matching declares on the objects of a study (law 6): they are written where an object's own value differs.
///
/// UIDs stay as they are.
public enum DeclaredChanges {
    /// Accession number and patient identity as in the matched `order`, where it gives a value.
    public static func matched(_ order: Order) -> [Coercion] {
        changes([(Tag.accessionNumber, Identifying(order.accessionNumber))] + identity(order.patient), rule: .order)
    }

    /// A study without an order, filed as an "Unspecified Exam" under the reserved `accessionNumber`.
    ///
    /// - Parameter patient: The identity of the patient's most recent order; nil when the patient has none: the object's own stays.
    public static func unspecifiedExam(accessionNumber: String, patient: PatientIdentity?) -> [Coercion] {
        changes(
            [(Tag.accessionNumber, Identifying(accessionNumber))] + (patient.map(identity) ?? [])
                + [(Tag.requestedProcedureDescription, Identifying(unspecifiedExamDescription))],
            rule: .unspecifiedExam)
    }

    /// Whether `changes` say whose the objects are: each then has the same Patient ID, whatever it had before.
    public static func namePatient(_ changes: [Coercion]) -> Bool { changes.contains { $0.tag == Tag.patientID } }

    /// What Requested Procedure Description says of a study without an order, in the words of Jung et al. 2004.
    public static var unspecifiedExamDescription: String { "Unspecified Exam" }

    enum Tag {
        static let accessionNumber = "00080050"
        static let patientName = "00100010"
        static let patientID = "00100020"
        static let issuerOfPatientID = "00100021"
        static let patientBirthDate = "00100030"
        static let patientSex = "00100040"
        static let requestedProcedureDescription = "00321060"
    }

    static func identity(_ patient: PatientIdentity) -> [(String, Identifying)] {
        [
            (Tag.patientName, patient.name), (Tag.patientID, patient.patientID), (Tag.issuerOfPatientID, patient.issuer),
            (Tag.patientBirthDate, patient.birthDate), (Tag.patientSex, patient.sex),
        ]
    }

    static func changes(_ values: [(tag: String, value: Identifying)], rule: CoercionRule) -> [Coercion] {
        values.compactMap { tag, value in
            let text = trimmed(value.reveal())
            return text.isEmpty ? nil : Coercion(tag: tag, value: Identifying(text), rule: rule)
        }
    }
}
