public import Migration

/// Counts what ``Matcher`` would say of each study of a ledger, patient by patient, if it were open: by modality and year of the study.
///
/// It uses the same rule over columns, and keeps nothing but the counts: its memory does not grow with the ledger.
public struct SimulationTally: Sendable {
    private var modalities: ModalityPairs
    private var cells: [Place: SimulationCounts] = [:]
    /// Studies that the legacy index lists and that were not read.
    public private(set) var legacyStudies = 0
    /// Of the patient at hand: how many studies claim each of its orders, and each study's candidates.
    private var claims: [Int] = []
    private var found: [Candidates] = []

    private struct Place: Hashable {
        var row: Int
        var year: Int?
    }

    private struct Candidates {
        var count = 0
        /// The first one's place among the patient's orders.
        var first = 0
        /// The row in which the study is counted.
        var row: Int
    }

    /// How many spellings of studies' modalities, and of the hospital's codes, are told apart (law 9). Real archives have some dozens.
    public static var wordLimit: Int { 256 }

    /// A tally with the hospital's modality codes.
    public init(mapping: ModalityMapping = ModalityMapping()) {
        modalities = ModalityPairs(mapping: mapping, limit: Self.wordLimit)
    }

    /// The counts, by modality, then by year; studies without a year come last.
    public var result: [SimulationCell] {
        // unordered: what is made of them is sorted, and no two are of one modality and year.
        cells.map { SimulationCell(modality: modalities.label(ofRow: $0.key.row), year: $0.key.year, counts: $0.value) }
            .sorted(by: Self.isBefore)
    }

    /// The counts of several tallies together, as ``result`` has them of one.
    public static func cells(of tallies: [SimulationTally]) -> [SimulationCell] {
        var sums: [SimulationCell] = []
        for cell in tallies.flatMap(\.result).sorted(by: isBefore) {
            if let last = sums.last, last.modality == cell.modality, last.year == cell.year {
                sums[sums.count - 1].counts += cell.counts
            } else {
                sums.append(cell)
            }
        }
        return sums
    }

    private static func isBefore(_ left: SimulationCell, _ right: SimulationCell) -> Bool {
        (left.modality, left.year ?? .max) < (right.modality, right.year ?? .max)
    }

    /// Counts the studies of one patient ID; of a blank one any share of them.
    ///
    /// - Parameter contemporaries: Who else was born on a day than those to whom the patient ID belongs. It is asked for hardly any study.
    /// - Throws: what `contemporaries` throws.
    public mutating func add(
        _ patient: PatientFacts, contemporaries: (_ patientID: Identifying, _ day: CalendarDate) throws -> Contemporaries = { _, _ in Contemporaries() }
    ) rethrows {
        claims.removeAll(keepingCapacity: true)
        claims.append(contentsOf: repeatElement(0, count: patient.orders.count))
        found.removeAll(keepingCapacity: true)
        var former: StudyFacts?
        for study in patient.studies {
            // Many studies of one day, as under the ID of a test patient, are looked up once.
            let isSame = former.map { $0.day == study.day && patient.isAlike($0, study) } ?? false
            let candidates = isSame ? found[found.count - 1] : candidates(of: study, in: patient)
            former = study
            if candidates.count == 1 { claims[candidates.first] += 1 }
            found.append(candidates)
        }
        for (study, candidates) in zip(patient.studies, found) {
            try count(study, candidates, in: patient) { study, order in
                guard !study.isPlainly(order), let day = study.patient.birthday ?? order.birthday else { return false }
                return try contemporaries(order.patientID, day).haveNamesake(of: study, beside: order)
            }
        }
    }

    private mutating func count(
        _ study: StudyFacts, _ candidates: Candidates, in patient: PatientFacts, _ hasNamesake: (StudyHeader, PatientIdentity) throws -> Bool
    ) rethrows {
        let verdict = try Verdict(
            hasRivals: candidates.count == 1 && claims[candidates.first] > 1, isBlank: patient.isBlank,
            isKnown: patient.issuers.contains { patient.isSameIssuer($0, study.issuer) }, hasDay: study.day != nil,
            candidates: candidates.count,
            contradicts: patient.contradicts(study.identity, patient.orders[candidates.first].identity),
            hasNamesake: patient.mayHaveNamesake(study.identity, patient.orders[candidates.first].identity)
                && hasNamesake(patient.header(study), patient.identity(patient.orders[candidates.first].identity)))
        let place = Place(row: candidates.row, year: study.day?.year)
        cells[place, default: SimulationCounts()].add(verdict)
        if study.isLegacy { legacyStudies += 1 }
    }

    private mutating func candidates(of study: StudyFacts, in patient: PatientFacts) -> Candidates {
        let word = modalities.word(of: study, in: patient)
        var result = Candidates(row: word.row)
        for index in patient.orders(of: study.day) {
            let order = patient.orders[index]
            guard Verdict.isCandidate(day: order.day, isCancelled: order.isCancelled, of: study.day), patient.isSameIssuer(order.issuer, study.issuer),
                modalities.areOfOne(study, word, order, in: patient)
            else { continue }
            if result.count == 0 { result.first = index }
            result.count += 1
        }
        return result
    }
}

extension PatientFacts {
    /// See ``Verdict/isSameIssuer(_:_:)``.
    fileprivate func isSameIssuer(_ left: FactText, _ right: FactText) -> Bool {
        left.isEmpty || right.isEmpty || isSame(left, right) || Verdict.isSameIssuer(string(left), string(right))
    }

    /// Whether the same orders may be two studies' own.
    fileprivate func isAlike(_ left: StudyFacts, _ right: StudyFacts) -> Bool {
        left.isLegacy == right.isLegacy && isSame(left.modalities, right.modalities) && isSame(left.issuer, right.issuer)
    }

    /// Whether a study contradicts an order. Values that agree as they are written do not, and are left out.
    fileprivate func contradicts(_ study: IdentityFacts, _ order: IdentityFacts) -> Bool {
        let isNameLeftOut = isSame(study.name, order.name) || agreeAsWritten(study.name, order.name)
        if isNameLeftOut, isSame(study.birthDate, order.birthDate), isSame(study.sex, order.sex) { return false }
        var (left, right) = (identity(study, besides: order), identity(order, besides: study))
        if !isNameLeftOut { (left.name, right.name) = (Identifying(string(study.name)), Identifying(string(order.name))) }
        return IdentityComparison(study: left, order: right).contradicts
    }

    /// Whether others of the birth date are to be looked at at all: not where the names are the same as they are written.
    fileprivate func mayHaveNamesake(_ study: IdentityFacts, _ order: IdentityFacts) -> Bool {
        !(study.birthDate.isEmpty && order.birthDate.isEmpty || agreeAsWritten(study.name, order.name))
    }

    /// What a study's objects say of the patient.
    fileprivate func header(_ study: StudyFacts) -> StudyHeader { StudyHeader(studyInstanceUID: "", patient: identity(study.identity)) }

    /// An identity under the patient ID.
    fileprivate func identity(_ facts: IdentityFacts) -> PatientIdentity {
        func value(_ text: FactText) -> Identifying { Identifying(string(text)) }
        return PatientIdentity(patientID: value(patientID), name: value(facts.name), birthDate: value(facts.birthDate), sex: value(facts.sex))
    }

    private func agreeAsWritten(_ left: FactText, _ right: FactText) -> Bool {
        withBytes(of: left) { left in withBytes(of: right) { PersonName.agreeAsWritten(left, $0) } }
    }

    /// Birth date and sex.
    private func identity(_ facts: IdentityFacts, besides other: IdentityFacts) -> PatientIdentity {
        PatientIdentity(patientID: "", birthDate: text(facts.birthDate, unless: other.birthDate), sex: text(facts.sex, unless: other.sex))
    }

    private func text(_ text: FactText, unless other: FactText) -> Identifying { isSame(text, other) ? "" : Identifying(string(text)) }
}
