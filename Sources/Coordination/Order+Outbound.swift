import Ledger
import Matching
import Migration

extension Order {
    /// HL7 table 0038.
    static var cancelledStatus: String { "CA" }

    /// The order of an unspecified exam, as the objects of `study` will bear it by `plan`.
    init(of study: StudyRecord, under plan: SendPlan) {
        let header = study.header
        var patient = DeclaredChanges.identity(after: plan.coercions, of: header.patient)
        patient.patientID = Identifying(plan.patientID.trimmed)
        self.init(
            patient: patient, accessionNumber: plan.accessionNumber, studyInstanceUID: header.studyInstanceUID, examDate: header.date,
            examTime: header.wholeTime, modality: header.mainModality, procedureDescription: DeclaredChanges.unspecifiedExamDescription)
    }
}

extension StudyHeader {
    /// Study Time (TM, PS3.5 §6.2) as HHMMSS; empty where it is no time.
    fileprivate var wholeTime: String {
        let digits = Array(studyTime.utf8.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: " ") }.filter { $0 != UInt8(ascii: ":") })
        guard [2, 4, 6].contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return "" }
        let text = String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: 6 - digits.count)
        guard let number = Int(text), number / 10_000 < 24, number / 100 % 100 < 60, number % 100 < 60 else { return "" }
        return text
    }

    /// The first of its modalities that is an image's: presentation states, key objects and reports accompany images.
    fileprivate var mainModality: String {
        modalities.first { !["PR", "KO", "SR"].contains($0) } ?? modalities.first ?? ""
    }
}
