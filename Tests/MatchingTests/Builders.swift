import Matching
import Migration

/// A study of patient 00012345, 12 March 1999, CT, with what a test needs to differ.
func study(
    _ id: Int64, patientID: String = "00012345", issuer: String = "", name: String = "KIM^MINSU", birthDate: String = "19500312",
    sex: String = "M", date: String = "19990312", modalities: [String] = ["CT"], accession: String = "", uid: String? = nil,
    claim: MatchableStudy.Claim = .open
) -> MatchableStudy {
    let patient = PatientIdentity(
        patientID: Identifying(patientID), issuer: Identifying(issuer), name: Identifying(name),
        birthDate: Identifying(birthDate), sex: Identifying(sex))
    let header = StudyHeader(
        studyInstanceUID: uid ?? "1.2.3.\(id)", patient: patient, studyDate: date, accessionNumber: accession,
        modalities: modalities)
    return MatchableStudy(id: StudyID(id), header: header, claim: claim)
}

/// An order for the same, likewise.
func order(
    _ id: Int64, patientID: String = "00012345", issuer: String = "", name: String = "KIM^MINSU", birthDate: String = "19500312",
    sex: String = "M", date: String = "19990312", time: String = "", modality: String = "CT", status: String = "completed",
    accession: String? = nil, uid: String = "", usedBy: [StudyID] = []
) -> MatchableOrder {
    let patient = PatientIdentity(
        patientID: Identifying(patientID), issuer: Identifying(issuer), name: Identifying(name),
        birthDate: Identifying(birthDate), sex: Identifying(sex))
    let order = Order(
        patient: patient, accessionNumber: accession ?? "A\(id)", studyInstanceUID: uid, examDate: CalendarDate(date),
        examTime: time, modality: modality, status: status)
    return MatchableOrder(id: OrderID(id), order: order, usedBy: usedBy)
}

/// The only match of one study.
func only(_ study: MatchableStudy, _ orders: [MatchableOrder], _ matcher: Matcher = Matcher()) -> Match {
    matcher.match(studies: [study], orders: orders)[0]
}

/// SplitMix64: a small generator with a seed, so that a failing shuffle can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
