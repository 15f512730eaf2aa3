import Migration
import Testing

@testable import Matching

@Suite("Matching by evidence") struct EvidenceMatcherTests {
    private typealias H = Hospital

    private func orders(_ matches: [Match]) -> [Int64?] { matches.map { $0.order?.number } }

    @Test("Several exams of one day get their own orders, by what consoles call them")
    func several() {
        let studies = [H.exam(1, written: "KUB", part: "ABDOMEN"), H.exam(2, written: "CXR", part: "CHEST"), H.exam(3, written: "SKULL")]
        let ordered = [H.ordered(1, "Chest PA"), H.ordered(2, "Skull AP/Lat"), H.ordered(3, "Abdomen supine")]
        #expect(Matcher().match(studies: studies, orders: ordered).allSatisfy { $0.reason == .severalOrders })
        let matches = H.matcher().match(studies: studies, orders: ordered)
        #expect(orders(matches) == [3, 1, 2])
        #expect(matches[0].outcome == .matched && matches[0].reason == nil && matches[0].identityOrder == matches[0].order)
        // Nothing but the rule itself lets a match do without waiting for media that could hold the same day.
        #expect(!matches[0].isCorroborated)
        #expect(matches[0].sentence.code == "matched-by-evidence")
        #expect(matches[0].sentence.arguments.prefix(2) == [.accession("A3"), .text("name, birth date, sex, description, body part")])
    }

    @Test("Sides and times tell exams of one kind apart; what nothing tells is left to a person")
    func sides() {
        let knees = [H.ordered(1, "Knee AP/Lat Rt."), H.ordered(2, "Knee AP/Lat Lt.")]
        let both = [H.exam(1, written: "KNEE AP LAT L", part: "KNEE"), H.exam(2, written: "KNEE", part: "KNEE", side: "R")]
        #expect(orders(H.matcher().match(studies: both, orders: knees)) == [2, 1])
        let vague = H.matcher().match(studies: [H.exam(1, written: "KNEE", part: "KNEE"), H.exam(2, written: "KNEE", part: "KNEE")], orders: knees)
        #expect(vague.map(\.reason) == [.severalOrders, .severalOrders])
        #expect(vague.map(\.weighing?.bar) == [.margin, .margin])
        let days = [H.ordered(1, "Chest PA", time: "080000"), H.ordered(2, "Chest PA", time: "160000")]
        let chests = [H.exam(1, time: "161500", written: "CXR"), H.exam(2, time: "0812", written: "CXR")]
        #expect(orders(H.matcher().match(studies: chests, orders: days)) == [2, 1])
        // Two sides in one study are a fault of somebody's.
        let torn = H.matcher().match(studies: [H.exam(1, written: "KNEE AP LAT L", part: "KNEE", side: "R")], orders: [knees[0]])
        #expect(torn[0].weighing?.bar == .exam && torn[0].reason == .doubtful)
    }

    @Test("By elimination alone no study gets an order: the exam that it is of could be lost")
    func elimination() {
        let ordered = [H.ordered(1, "Skull AP/Lat"), H.ordered(2, "PNS series")]
        let matches = H.matcher().match(studies: [H.exam(1, written: "SKULL", part: "SKULL"), H.exam(2, written: "ROUTINE")], orders: ordered)
        #expect(matches[0].order == OrderID(1))
        #expect(matches[1].order == nil && matches[1].reason == .severalOrders)
    }

    @Test("What the rule matches is matched only where the exam fits")
    func doubt() {
        let ordered = [H.ordered(1, "Chest PA", time: "080000")]
        func match(_ study: MatchableStudy) -> Match { H.matcher().match(studies: [study], orders: ordered)[0] }
        #expect(match(H.exam(1, time: "081000", written: "CXR")).order == OrderID(1))
        #expect(match(H.exam(1, time: "081000", written: "CXR")).isCorroborated)
        for (study, bar) in [
            (H.exam(1, time: "081000", written: "SKULL", part: "SKULL"), EvidenceBar.exam), (H.exam(1, time: "133000", written: "CXR"), .time),
            (H.exam(1), .unconfirmed), (H.exam(1, name: "", birthDate: "", written: "CXR"), .identity),
        ] {
            let found = match(study)
            #expect(found.outcome == .manualMatch && found.reason == .doubtful && found.order == nil, "\(bar)")
            #expect(found.weighing?.bar == bar)
            #expect(found.sentence.code == "doubtful-match")
        }
    }

    @Test("Law 13: what contradicts forbids, however well the exam fits, and whatever number the objects bear")
    func contradictions() {
        let ordered = [H.ordered(1, "Chest PA", time: "080000")]
        for study in [
            H.exam(1, name: "LEE^SOOJIN", time: "0805", written: "CXR", part: "CHEST", accession: "A1"),
            H.exam(1, birthDate: "19500313", time: "0805", written: "CXR", part: "CHEST", accession: "A1"),
            H.exam(1, sex: "F", time: "0805", written: "CXR", part: "CHEST", accession: "A1"),
        ] {
            let match = H.matcher().match(studies: [study], orders: ordered)[0]
            #expect(match.order == nil && match.reason == .contradiction && match.weighing?.bar == .identity)
        }
    }

    @Test("A misspelt patient ID is matched where name and birth date both agree, and where nobody has it")
    func spellings() {
        let ordered = [H.ordered(1, "Chest PA")]
        func match(_ study: MatchableStudy, _ more: [MatchableOrder] = []) -> Match {
            H.matcher().match(studies: [study], orders: ordered + more)[0]
        }
        let found = match(H.exam(1, patientID: "12345", written: "CXR", part: "CHEST"))
        #expect(found.outcome == .matched && found.order == OrderID(1) && !found.isCorroborated)
        #expect(match(H.exam(1, patientID: "R00012345", written: "CXR", part: "CHEST")).order == OrderID(1))
        #expect(match(H.exam(1, patientID: "12345", birthDate: "", written: "CXR", part: "CHEST")).outcome == .patientLevelFailed)
        #expect(match(H.exam(1, patientID: "12345", name: "", written: "CXR", part: "CHEST")).outcome == .patientLevelFailed)
        #expect(match(H.exam(1, patientID: "12346", written: "CXR", part: "CHEST")).outcome == .patientLevelFailed)
        // Somebody has that number: whose study it is, is not for evidence to say.
        let other = H.ordered(2, "Chest PA", patientID: "12345", date: "19990401")
        #expect(match(H.exam(1, patientID: "12345", written: "CXR", part: "CHEST"), [other]).order == nil)
    }

    @Test("Across midnight, and under another modality's code, the exam must confirm itself")
    func unusual() {
        let ordered = [H.ordered(1, "Chest PA", time: "235000")]
        func match(_ study: MatchableStudy) -> Match { H.matcher().match(studies: [study], orders: ordered)[0] }
        #expect(match(H.exam(1, date: "19990313", time: "001000", written: "CXR")).order == OrderID(1))
        #expect(match(H.exam(1, date: "19990313", time: "001000")).order == nil)
        #expect(match(H.exam(1, date: "19990313", time: "021000", written: "CXR")).weighing == nil)
        #expect(match(H.exam(1, time: "235500", written: "CXR", modality: "DX", images: 1)).order == OrderID(1))
        #expect(match(H.exam(1, time: "235500", modality: "DX")).order == nil)
        // The part is the same in exams of every modality.
        #expect(match(H.exam(1, time: "235500", part: "CHEST", modality: "DX")).weighing?.bar == .unusual)
        #expect(match(H.exam(1, date: "19990313", time: "001000", part: "CHEST")).order == OrderID(1))
    }

    @Test("A time confirms no exam of which the description says, however softly, that it is another one")
    func soft() {
        var learner = VocabularyLearner(mapping: ModalityMapping())
        func teach() {
            for number in 0..<200 {
                let isSkull = number % 2 == 0
                let written = number / 2 % 10 < (isSkull ? 3 : 6) ? "ROUTINE" : isSkull ? "SKULL" : "PNS"
                let patient = String(10_000_000 + number)
                learner.add(
                    studies: [H.exam(1, patientID: patient, written: written)],
                    orders: [H.ordered(1, isSkull ? "Skull AP/Lat" : "PNS series", patientID: patient)])
            }
        }
        teach()
        learner.beginNextRound()
        teach()
        let matcher = EvidenceMatcher(mapping: ModalityMapping(), policy: EvidencePolicy(), vocabulary: learner.vocabulary())
        func match(_ procedure: String) -> Match {
            matcher.match(studies: [H.exam(1, time: "101000", written: "ROUTINE")], orders: [H.ordered(1, procedure, time: "1000")])[0]
        }
        let soft = match("Skull AP/Lat")
        #expect(soft.weighing?.evidence.contains { $0.kind == .description && (-50..<0).contains($0.weight) } == true)
        #expect(soft.weighing?.bar == .unconfirmed)
        #expect(match("PNS series").outcome == .matched)
    }

    @Test("Under another modality's code a study gets no order that one of its own modality fits as well")
    func otherModality() {
        let knees = [H.ordered(1, "Knee AP/Lat Rt.", time: "100000"), H.ordered(2, "Knee AP/Lat Lt.", time: "100000")]
        let right = H.exam(1, time: "101000", written: "KNEE AP LAT R", part: "KNEE", modality: "DX", images: 2)
        #expect(orders(H.matcher().match(studies: [right], orders: [knees[0]])) == [1])
        let torn = H.matcher().match(studies: [right, H.exam(2, time: "101500", written: "KNEE", part: "KNEE", images: 2)], orders: knees)
        #expect(torn[0].order == nil && torn[0].weighing?.bar == .competing)
    }

    @Test("A time nine or twelve hours off may be a clock's fault, and may be another exam's: a person decides, but where the objects bear the order's number")
    func clock() {
        let ordered = [H.ordered(1, "Chest PA", time: "090000")]
        func match(_ time: String, accession: String = "") -> Match {
            H.matcher().match(studies: [H.exam(1, time: time, written: "CXR", part: "CHEST", accession: accession)], orders: ordered)[0]
        }
        #expect(match("091000").outcome == .matched)
        for time in ["181000", "211000", "001000"] { #expect(match(time).weighing?.bar == .time, "\(time)") }
        #expect(match("181000", accession: "A1").order == OrderID(1))
    }

    @Test("The order's own number in the objects settles what nothing else tells")
    func numbers() {
        let knees = [H.ordered(1, "Knee AP/Lat Rt."), H.ordered(2, "Knee AP/Lat Lt.")]
        let studies = [H.exam(1, written: "KNEE", part: "KNEE", accession: " A2")]
        #expect(orders(H.matcher().match(studies: studies, orders: knees)) == [2])
    }

    @Test("Studies that fit one order are all for a person; so is one that fits an order that is used")
    func competition() {
        let ordered = [H.ordered(1, "Chest PA")]
        let twice = H.matcher().match(studies: [H.exam(1, written: "CXR"), H.exam(2, written: "CHEST PA")], orders: ordered)
        #expect(twice.map(\.reason) == [.competingStudies, .competingStudies])
        let used = [H.exam(1, written: "CXR", claim: .settled([OrderID(1)])), H.exam(2, written: "CHEST PA")]
        let after = H.matcher().match(studies: used, orders: ordered)
        #expect(after[1].order == nil && after[1].rivals == [StudyID(1)] && after[0].rivals == [StudyID(2)])
        let elsewhere = H.matcher().match(studies: [H.exam(2, written: "CXR")], orders: [H.ordered(1, "Chest PA", usedBy: [StudyID(9)])])
        #expect(elsewhere[0].order == nil)
    }

    @Test("Cancelled orders never match, blank patient IDs have no evidence, and a day with too much is left to the rule")
    func limits() {
        #expect(H.matcher().match(studies: [H.exam(1, written: "CXR")], orders: [H.ordered(1, "Chest PA", status: "CA")])[0].order == nil)
        #expect(H.matcher().match(studies: [H.exam(1, patientID: " ", written: "CXR")], orders: [H.ordered(1, "Chest PA")])[0].reason == .patientIDBlank)
        let many = (1...10).map { H.ordered($0, $0 == 1 ? "Chest PA" : "Skull AP/Lat") }
        let match = H.matcher().match(studies: [H.exam(1, written: "CXR", part: "CHEST")], orders: many)[0]
        #expect(match.reason == .severalOrders && match.weighing?.bar == .tooMany && match.weighing?.order == OrderID(1))
    }

    @Test("Margin and threshold are the policy's")
    func policy() {
        let study = H.exam(1, time: "0810", written: "CXR", part: "CHEST")
        let ordered = [H.ordered(1, "Chest PA", time: "080000")]
        let usual = H.matcher().match(studies: [study], orders: ordered)[0]
        let weighing = usual.weighing
        #expect(usual.outcome == .matched)
        let strict = H.matcher(EvidencePolicy(threshold: (weighing?.score ?? 0) + 1)).match(studies: [study], orders: ordered)[0]
        #expect(strict.weighing?.bar == .score && strict.reason == .doubtful)
        let wide = H.matcher(EvidencePolicy(margin: (weighing?.margin ?? 0) + 1)).match(studies: [study], orders: ordered)[0]
        #expect(wide.weighing?.bar == .margin)
        #expect(H.matcher(EvidencePolicy(margin: weighing?.margin ?? 0)).match(studies: [study], orders: ordered)[0].outcome == .matched)
    }

    @Test("Neither the order in which studies and orders came, nor that in which they are handed over, changes anything")
    func shuffles() {
        var random = SeededGenerator(state: 3)
        let written = H.procedures.flatMap(\.written) + [""]
        for _ in 0..<150 {
            let studies = (1...4).map { id in
                H.exam(
                    id, patientID: ["00012345", "12345", "R12345"].randomElement(using: &random) ?? "", time: ["", "0810", "1530"].randomElement(using: &random) ?? "",
                    written: written.randomElement(using: &random) ?? "", part: ["", "CHEST", "KNEE"].randomElement(using: &random) ?? "",
                    modality: ["CR", "CR", "OT"].randomElement(using: &random) ?? "")
            }
            let ordered = (1...4).map { id in
                H.ordered(id, H.procedures.randomElement(using: &random)?.order ?? "", time: ["", "080000", "150000"].randomElement(using: &random) ?? "")
            }
            let first = said(studies, ordered)
            // Numbers are given as things come in.
            let others = studies.map { study in MatchableStudy(id: StudyID(9 - study.id.number), header: study.header) }
            let later = ordered.map { MatchableOrder(id: OrderID(9 - $0.id.number), order: $0.order) }
            #expect(said(others.shuffled(using: &random), later.shuffled(using: &random)) == first)
        }
    }

    /// By Study Instance UID: outcome, reason, and the order's number.
    private func said(_ studies: [MatchableStudy], _ ordered: [MatchableOrder]) -> [String: [String]] {
        let uids = Dictionary(uniqueKeysWithValues: studies.map { ($0.id, $0.header.studyInstanceUID) })
        let numbers = Dictionary(uniqueKeysWithValues: ordered.map { ($0.id, $0.order.accessionNumber) })
        return Dictionary(uniqueKeysWithValues: H.matcher().match(studies: studies, orders: ordered).map { match in
            (uids[match.study] ?? "", [match.outcome.rawValue, match.reason?.rawValue ?? "", match.order.flatMap { numbers[$0] } ?? ""])
        })
    }

    @Test("A study that fits best what another one has is held, and the other one is to be flagged, whatever number it is under and whatever its code")
    func laterClaimants() {
        let ordered = [H.ordered(1, "Chest PA")]
        for later in [H.exam(2, patientID: "12345", written: "CXR"), H.exam(2, written: "CXR", part: "CHEST", modality: "OT")] {
            let matches = H.matcher().match(studies: [H.exam(1, written: "CXR", claim: .settled([OrderID(1)])), later], orders: ordered)
            #expect(matches[0].rivals == [StudyID(2)])
            #expect(matches[1].reason == .competingStudies && matches[1].rivals == [StudyID(1)])
        }
        let elsewhere = H.matcher().match(
            studies: [H.exam(2, written: "CXR", part: "CHEST", modality: "OT")], orders: [H.ordered(1, "Chest PA", usedBy: [StudyID(9)])])
        #expect(elsewhere[0].reason == .competingStudies && elsewhere[0].rivals == [StudyID(9)])
    }

    @Test("Evidence gives no study another order than the rule's only one, and midnight is no time")
    func otherOrder() {
        let night = [H.ordered(1, "Chest PA", date: "19990311", time: "231000"), H.ordered(2, "Chest PA", time: "060000")]
        let dayOnly = H.matcher().match(studies: [H.exam(1, time: "000000", written: "CXR", part: "CHEST")], orders: night)[0]
        #expect(dayOnly.order == OrderID(2))
        let early = H.matcher().match(studies: [H.exam(1, time: "000500", written: "CXR", part: "CHEST")], orders: night)[0]
        #expect(early.order == nil && early.weighing?.bar == .otherOrder && early.reason == .doubtful)
    }

    @Test("A patient ID that stands for two people settles nothing")
    func twoPeople() {
        let ordered = [H.ordered(1, "Skull AP/Lat", birthDate: "19720301"), H.ordered(2, "Chest PA", birthDate: "")]
        let match = H.matcher().match(studies: [H.exam(1, written: "CXR", part: "CHEST")], orders: ordered)[0]
        #expect(match.order == nil && match.weighing?.bar == .identity)
        // The rule finds no order of the day and modality, and a name that contradicts one of another day: an order of another code is none either.
        let named = [H.ordered(1, "Chest PA", name: "이^애리", modality: "OT"), H.ordered(2, "Skull AP/Lat", name: "LEE^AERI", date: "19990301")]
        let other = H.matcher().match(studies: [H.exam(1, written: "CXR", part: "CHEST")], orders: named)[0]
        #expect(other.order == nil && other.reason == .contradiction)
    }

    @Test("Other ways to write a name in Latin letters need the birth date, and no other sex; other names that contradict are believed")
    func latinNames() {
        func match(_ change: (inout MatchableStudy) -> Void) -> Match {
            var study = H.exam(1, name: "GIM^MINSOO", written: "CXR", part: "CHEST")
            change(&study)
            return H.matcher().match(studies: [study], orders: [H.ordered(1, "Chest PA")])[0]
        }
        #expect(match { _ in }.order == OrderID(1))
        #expect(match { $0.header.modalities = ["DX"]; $0.images = 1 }.order == OrderID(1), "the rule has no order for it, and sees a name that contradicts")
        #expect(match { $0.header.patient.sex = "" }.order == OrderID(1))
        #expect(match { $0.header.patient.sex = "F" }.order == nil)
        #expect(match { $0.header.patient.birthDate = "" }.order == nil)
        #expect(match { $0.header.otherNames = "LEE^AERI" }.order == nil)
        #expect(match { $0.header.patient.name = "GIM^MINHO" }.reason == .contradiction)
    }

    @Test("A day with more studies or orders than any patient has is left to persons, in little time")
    func crowds() {
        let many = (1...3000).map { H.exam($0, written: "CXR") }
        let ordered = (1...3000).map { H.ordered($0, "Chest PA") }
        let matches = H.matcher().match(studies: many, orders: ordered)
        #expect(matches.allSatisfy { $0.reason == .severalOrders && $0.weighing == nil })
        let one = H.matcher().match(studies: [H.exam(1, written: "CXR", modality: "CR")], orders: [H.ordered(1, "Chest PA")] + (2...70).map { H.ordered($0, "CT", modality: "CT") })[0]
        #expect(one.order == nil && one.reason == .doubtful)
    }

    @Test("Ties are nobody's, whatever the policy")
    func ties() {
        let twice = [H.ordered(1, "Chest PA"), H.ordered(2, "Chest PA")]
        #expect(H.matcher(EvidencePolicy(margin: 0)).match(studies: [H.exam(1, written: "CXR")], orders: twice)[0].order == nil)
    }
}
