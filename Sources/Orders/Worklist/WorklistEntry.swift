internal import DICOM
internal import Migration

/// One answer of a modality worklist as an order (PS3.4 annex K). What it leaves empty it does not say.
enum WorklistEntry {
    /// What the answer says.
    ///
    /// - Throws: ``WorklistFault`` for an answer that cannot be an order, naming the attribute.
    static func notice(_ answer: DataSet) throws(WorklistFault) -> OrderNotice {
        let step = try items(WorklistKeys.scheduledProcedureStepSequence, of: answer, "Scheduled Procedure Step Sequence").first
        let code = try items(WorklistKeys.requestedProcedureCodeSequence, of: answer, "Requested Procedure Code Sequence").first
        var notice = OrderNotice(
            patient: try patient(answer), accessionNumber: try required(.accessionNumber, of: answer, "Accession Number", limit: TableLimits.shortString))
        notice.studyInstanceUID = try uid(answer)
        notice.modality = stated(try value(.modality, of: step, "Modality", limit: TableLimits.longString))
        notice.examDate = try day(WorklistKeys.startDate, of: step, "Scheduled Procedure Step Start Date").map { .value($0) } ?? .unsaid
        notice.examTime = stated(try time(step))
        notice.procedureCode = stated(words(WorklistKeys.codeValue, of: code))
        let meaning = words(WorklistKeys.codeMeaning, of: code)
        let description = words(.requestedProcedureDescription, of: answer)
        notice.procedureDescription = stated(description.isEmpty ? meaning : description)
        notice.department = stated(words(WorklistKeys.requestingService, of: answer))
        return notice
    }

    private static func patient(_ answer: DataSet) throws(WorklistFault) -> IdentityNotice {
        let key = PatientKey(
            patientID: Identifying(try required(.patientID, of: answer, "Patient ID", limit: TableLimits.longString)),
            issuer: Identifying(try value(.issuerOfPatientID, of: answer, "Issuer of Patient ID", limit: TableLimits.longString)))
        let name = try text(.patientName, of: answer, "Patient's Name")
        guard ValueRule.isPersonName(name) else { throw WorklistFault("Patient's Name", "has more than three groups, or one that is too long") }
        let birthDate = try day(.patientBirthDate, of: answer, "Patient's Birth Date").map(\.description) ?? ""
        let sex = try text(.patientSex, of: answer, "Patient's Sex").uppercased()
        // Of HL7 table 0001; worklists that pass it on mean that it is not known.
        let isUnknown = sex == "U"
        guard isUnknown || ValueRule.isSex(sex) else { throw WorklistFault("Patient's Sex", "is none of M, F, O, U and empty") }
        return IdentityNotice(
            key: key, name: identifying(name), birthDate: identifying(birthDate), sex: isUnknown ? .none : identifying(sex))
    }

    private static func stated(_ text: String) -> Stated<String> { text.isEmpty ? .unsaid : .value(text) }

    private static func identifying(_ text: String) -> Stated<Identifying> { text.isEmpty ? .unsaid : .value(Identifying(text)) }

    private static func items(_ tag: Tag, of answer: DataSet, _ name: String) throws(WorklistFault) -> [DataSet] {
        guard answer.contains(tag) else { return [] }
        do throws(DICOMError) {
            return try answer.items(tag)
        } catch {
            throw WorklistFault(name, "cannot be read")
        }
    }

    private static func text(_ tag: Tag, of answer: DataSet?, _ name: String) throws(WorklistFault) -> String {
        let text = (answer?.string(tag) ?? "").drop { $0 == " " }
        guard !ValueRule.hasControl(String(text)), !text.unicodeScalars.contains("\u{FFFD}") else {
            throw WorklistFault(name, "has control characters, or bytes that are not in its character set")
        }
        return String(text)
    }

    private static func value(_ tag: Tag, of answer: DataSet?, _ name: String, limit: Int) throws(WorklistFault) -> String {
        let text = try text(tag, of: answer, name)
        guard ValueRule.isValue(text, limit: limit) else { throw WorklistFault(name, "has several values, or more than \(limit) characters") }
        return text
    }

    private static func required(_ tag: Tag, of answer: DataSet, _ name: String, limit: Int) throws(WorklistFault) -> String {
        let text = try value(tag, of: answer, name, limit: limit)
        guard !text.isEmpty else { throw WorklistFault(name, "is empty") }
        return text
    }

    private static func uid(_ answer: DataSet) throws(WorklistFault) -> Stated<String> {
        let text = try text(.studyInstanceUID, of: answer, "Study Instance UID")
        guard ValueRule.isUID(text) else { throw WorklistFault("Study Instance UID", "is no UID") }
        return stated(text)
    }

    private static func day(_ tag: Tag, of answer: DataSet?, _ name: String) throws(WorklistFault) -> CalendarDate? {
        let text = try text(tag, of: answer, name)
        if text.isEmpty { return nil }
        guard let day = CalendarDate(text) else { throw WorklistFault(name, "is no day") }
        return day
    }

    /// The time of day as HHMMSS; TM may leave out seconds and minutes (PS3.5 §6.2).
    private static func time(_ step: DataSet?) throws(WorklistFault) -> String {
        let text = try text(WorklistKeys.startTime, of: step, "Scheduled Procedure Step Start Time").prefix { $0 != "." }
        if text.isEmpty { return "" }
        let time = text + String(repeating: "0", count: max(0, 6 - text.count))
        let numbers = [time.prefix(2), time.dropFirst(2).prefix(2), time.dropFirst(4)].compactMap { Int($0) }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), text.utf8.count.isMultiple(of: 2), time.utf8.count == 6,
            numbers.count == 3,
            ValueRule.isTime(hour: numbers[0], minute: numbers[1], second: numbers[2])
        else { throw WorklistFault("Scheduled Procedure Step Start Time", "is no time of day") }
        return String(time)
    }

    /// A text in the hospital's words; what is beyond the limit is left out.
    private static func words(_ tag: Tag, of answer: DataSet?) -> String {
        String((answer?.string(tag) ?? "").unicodeScalars.prefix(TableLimits.hospitalText).map { $0.properties.generalCategory == .control ? " " : Character($0) })
    }
}

/// Why an answer of a worklist cannot be an order: the attribute and what is wrong with it, never its value (law 11).
struct WorklistFault: Error, Hashable, Sendable {
    let message: String

    init(_ attribute: String, _ what: String) { message = "\(attribute) \(what)" }
}
