internal import DICOM

/// The attributes of the Modality Worklist Information Model (PS3.4 table K.6-1) that say something of an order.
enum WorklistKeys {
    /// Requesting Service.
    static let requestingService = Tag(0x0032, 0x1033)
    /// Requested Procedure Code Sequence.
    static let requestedProcedureCodeSequence = Tag(0x0032, 0x1064)
    /// Code Value.
    static let codeValue = Tag(0x0008, 0x0100)
    /// Code Meaning.
    static let codeMeaning = Tag(0x0008, 0x0104)
    /// Scheduled Procedure Step Sequence.
    static let scheduledProcedureStepSequence = Tag(0x0040, 0x0100)
    /// Scheduled Procedure Step Start Date.
    static let startDate = Tag(0x0040, 0x0002)
    /// Scheduled Procedure Step Start Time.
    static let startTime = Tag(0x0040, 0x0003)

    /// Modality Worklist Information Model – FIND (PS3.4 §K.6.1.1).
    static let findSOPClassUID = "1.2.840.10008.5.1.4.31"

    /// Asked for with every question.
    private static let asked: [Tag] = [
        .accessionNumber, .patientName, .patientID, .issuerOfPatientID, .patientBirthDate, .patientSex, .studyInstanceUID, requestingService,
        .requestedProcedureDescription,
    ]

    /// A question for the scheduled procedure steps of these days, of this patient, or both; what is nil does not restrict.
    static func question(_ dates: ClosedRange<String>?, patientID: String?) throws(DICOMError) -> DataSet {
        var question = DataSet()
        if patientID?.utf8.allSatisfy({ $0 < 0x80 }) == false { try question.set(.specificCharacterSet, "ISO_IR 192") }
        for tag in asked { try question.set(tag, tag == .patientID ? patientID ?? "" : "") }
        var code = DataSet()
        for tag in [codeValue, codeMeaning] { try code.set(tag, "") }
        try question.set(requestedProcedureCodeSequence, items: [code])
        var step = DataSet()
        for tag in [Tag.modality, startTime] { try step.set(tag, "") }
        try step.set(startDate, dates.map { $0.lowerBound == $0.upperBound ? $0.lowerBound : "\($0.lowerBound)-\($0.upperBound)" } ?? "")
        try question.set(scheduledProcedureStepSequence, items: [step])
        return question
    }
}
