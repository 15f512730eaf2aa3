import Ledger
import Matching
import Migration

/// SplitMix64, seeded.
private struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func pick(_ choices: [String]) -> String { choices[Int(next() % UInt64(choices.count))] }
}

/// A hospital in which all that matching tells apart happens often.
struct WalkHospital {
    var read: [StudyHeader] = []
    var legacy: [LegacyStudy] = []
    var orders: [Order] = []

    init(seed: UInt64) {
        var chance = Chance(state: seed)
        for number in 1...60 { read.append(Self.header("1.\(number)", &chance, modalities: [["CT"], ["CT", "SR"], ["XA"], ["MR", "ct "], []])) }
        for number in 31...90 {
            legacy.append(LegacyStudy(header: Self.header("1.\(number)", &chance, modalities: [["CT"], ["DSA"], ["DSA", "CT"], ["PR"], []])))
        }
        for number in 1...80 {
            orders.append(
                Order(
                    patient: Self.patient(&chance), accessionNumber: "A\(number)", examDate: CalendarDate(chance.pick(Self.days)),
                    modality: chance.pick(["CT", "ct ", "DSA", "MR", "", "XA", "\"\\,"]), status: chance.pick(["", "CM", "CA", "Cancelled"])))
        }
    }

    private static let days = ["19971231", "19990312", "20000229", "", "19990332"]

    private static func patient(_ chance: inout Chance) -> PatientIdentity {
        PatientIdentity(
            patientID: Identifying(chance.pick(["P1", "P2", " P2", "P3 ", "P4", "p4", "P5", "P6", "P7", "P8", "P9", "P10", "", "  ", "한"])),
            issuer: Identifying(chance.pick(["", "", "SEV", " SEV ", "YON"])),
            name: Identifying(chance.pick(["KIM^MINSU", "KIM^MINSU", "Kim^Minsu", "KIM^MINSU=金^民秀=김^민수", "김^민수", "LEE^\"A\\B\"", "", "?"])),
            birthDate: Identifying(chance.pick(["19500312", "19500312", "1950.03.12", "1950", "", "", "19500313"])), sex: Identifying(chance.pick(["M", "M", "F", "O", "", "m "])))
    }

    private static func header(_ uid: String, _ chance: inout Chance, modalities: [[String]]) -> StudyHeader {
        StudyHeader(
            studyInstanceUID: uid, patient: patient(&chance), studyDate: chance.pick(days), modalities: modalities[Int(chance.next() % UInt64(modalities.count))])
    }

    func enter(into ledger: any Ledger) throws {
        try ledger.write { tx in
            for header in read { _ = try tx.insertStudy(header) }
            for study in legacy { try tx.writeLegacyStudy(study) }
            for order in orders { _ = try tx.insertOrder(order, saidAt: nil) }
        }
    }

    /// All studies, each once: those of the legacy index that were not read have the hospital's codes.
    func headers(_ mapping: ModalityMapping) -> [StudyHeader] {
        var headers = read
        let known = Set(read.map(\.studyInstanceUID))
        for study in legacy where !known.contains(study.header.studyInstanceUID) {
            var header = study.header
            header.studyDate = header.date?.description ?? ""
            header.modalities = header.modalities.flatMap { mapping.modalities(of: $0) }
            headers.append(header)
        }
        return headers
    }

    /// What the matcher says of all of them.
    func matches(_ mapping: ModalityMapping) -> [Match] {
        let headers = headers(mapping)
        let orders = orders.enumerated().map { MatchableOrder(id: OrderID(Int64($0.offset + 1)), order: $0.element) }
        let studies = headers.enumerated().map { MatchableStudy(id: StudyID(Int64($0.offset + 1)), header: $0.element) }
        return Matcher(mapping: mapping).match(studies: studies, orders: orders)
    }

    /// The same, counted study by study under its modality and year.
    func cells(_ mapping: ModalityMapping) -> [String: SimulationCounts] {
        let headers = headers(mapping)
        return matches(mapping).reduce(into: [:]) { cells, match in
            let header = headers[Int(match.study.number) - 1]
            let words = header.modalities.map { $0.uppercased().replacing(" ", with: "") }.sorted()
            let modality = words.first { !["KO", "PR", "SR"].contains($0) } ?? words.first ?? ""
            cells[Self.place(modality, header.date?.year), default: SimulationCounts()][keyPath: Self.count(of: match, header)] += 1
        }
    }

    private static func count(of match: Match, _ header: StudyHeader) -> WritableKeyPath<SimulationCounts, Int> {
        switch (match.outcome, match.reason) {
        case (.matched, _): \.matched
        case (.manualMatch, .severalOrders): \.severalOrders
        case (.manualMatch, .competingStudies): \.competingStudies
        case (.manualMatch, _): \.contradiction
        case (.patientLevelFailed, .patientIDBlank): \.patientIDBlank
        case (.patientLevelFailed, _): \.patientUnknown
        case (.examLevelFailed, _): header.date == nil ? \.studyDateMissing : \.noOrder
        }
    }

    /// The name of a cell.
    static func place(_ modality: String, _ year: Int?) -> String { "\(modality) \(year.map(String.init) ?? "no date")" }

    /// The studies of a ledger, counted on one walk.
    static func tally(_ ledger: any Ledger) throws -> SimulationTally {
        try ledger.read { reader in
            var tally = SimulationTally()
            try reader.walkPatients { patient in tally.add(patient) { _, _ in Contemporaries() } }
            return tally
        }
    }
}
