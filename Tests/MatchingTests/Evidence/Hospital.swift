import Migration

@testable import Matching

/// A small hospital: consoles that call each procedure in ways of their own, of which a vocabulary is learned.
enum Hospital {
    static let spelling = PatientIDSpelling(length: 8, prefixes: ["R"], checkDigit: nil)

    /// By procedure: what consoles write, the part of the body, and how many images there are.
    static let procedures: [(order: String, written: [String], part: String, images: Int)] = [
        ("Chest PA", ["CHEST PA", "CXR"], "CHEST", 1), ("Abdomen supine", ["KUB", "ABD"], "ABDOMEN", 1), ("Knee AP/Lat Rt.", ["KNEE AP LAT R", "KNEE"], "KNEE", 2),
        ("Knee AP/Lat Lt.", ["KNEE AP LAT L", "KNEE"], "KNEE", 2), ("Skull AP/Lat", ["SKULL", "ROUTINE"], "SKULL", 3), ("PNS series", ["PNS", "ROUTINE"], "SINUS", 4),
    ]

    static let vocabulary: ExamVocabulary = {
        var learner = VocabularyLearner(mapping: ModalityMapping())
        func teach() {
            for number in 0..<600 {
                let procedure = procedures[number % procedures.count]
                let patient = String(10_000_000 + number)
                learner.add(
                    studies: [
                        exam(
                            1, patientID: patient, written: procedure.written[number / procedures.count % 2],
                            part: number % 5 == 0 ? "" : number % 60 == 2 ? "CHEST" : procedure.part, images: procedure.images)
                    ],
                    orders: [ordered(1, procedure.order, patientID: patient)])
            }
        }
        teach()
        learner.beginNextRound()
        teach()
        return learner.vocabulary()
    }()

    static func matcher(_ policy: EvidencePolicy = EvidencePolicy(spelling: spelling)) -> EvidenceMatcher {
        EvidenceMatcher(mapping: ModalityMapping(), policy: policy, vocabulary: vocabulary)
    }

    /// A study of the hospital's patient on 12 March 1999, a radiograph.
    static func exam(
        _ id: Int64, patientID: String = "00012345", name: String = "KIM^MINSU", birthDate: String = "19500312", sex: String = "M", date: String = "19990312",
        time: String = "", written: String = "", part: String = "", side: String = "", modality: String = "CR", accession: String = "",
        images: Int? = nil, claim: MatchableStudy.Claim = .open
    ) -> MatchableStudy {
        var result = study(
            id, patientID: patientID, name: name, birthDate: birthDate, sex: sex, date: date, modalities: [modality], accession: accession, claim: claim)
        result.images = images
        result.header.studyTime = time
        result.header.studyDescription = written
        result.header.bodyParts = part.isEmpty ? [] : [part]
        result.header.lateralities = side.isEmpty ? [] : [side]
        return result
    }

    /// An order for a radiograph of the same patient and day.
    static func ordered(
        _ id: Int64, _ procedure: String, patientID: String = "00012345", name: String = "KIM^MINSU", birthDate: String = "19500312",
        date: String = "19990312", time: String = "", modality: String = "CR", status: String = "", usedBy: [StudyID] = []
    ) -> MatchableOrder {
        var result = order(
            id, patientID: patientID, name: name, birthDate: birthDate, date: date, time: time, modality: modality, status: status, usedBy: usedBy)
        result.order.procedureDescription = procedure
        return result
    }
}
