internal import Coordination
internal import Ledger
internal import Matching
internal import Migration

/// A patient as JSON; what is unknown is the empty string.
public struct PatientShape: Codable, Hashable, Sendable {
    /// Patient ID.
    public var patientID: String
    /// Issuer of Patient ID.
    public var issuer: String
    /// Patient's Name.
    public var name: String
    /// Patient's Birth Date.
    public var birthDate: String
    /// Patient's Sex.
    public var sex: String
}

/// A hospital order as JSON; what is unknown is the empty string.
public struct OrderShape: Codable, Hashable, Sendable {
    /// Accession Number.
    public var accessionNumber: String
    /// The patient.
    public var patient: PatientShape
    /// The day of the exam, YYYYMMDD.
    public var examDate: String
    /// The time of the exam.
    public var examTime: String
    /// The hospital's modality code.
    public var modality: String
    /// The hospital's procedure code.
    public var procedureCode: String
    /// What was asked for.
    public var procedureDescription: String
    /// Who asked.
    public var department: String
    /// The hospital's word for how far it is.
    public var status: String
}

/// An order that may be a study's own, as JSON.
public struct CandidateShape: Codable, Hashable, Sendable {
    /// One thing that bears on the order.
    public struct Fact: Codable, Hashable, Sendable {
        /// What is compared.
        public var what: String
        /// `contradicts`, `against`, `for`.
        public var bearing: String
        /// How much it says, as a natural logarithm of a likelihood ratio; null where nothing is weighed.
        @OrNull public var weight: Double?
        /// The same as a sentence.
        public var text: String
    }

    /// Another study that has the order or would get it.
    public struct Rival: Codable, Hashable, Sendable {
        /// Study Instance UID.
        public var studyInstanceUID: String
        /// Its state.
        public var state: String
        /// Whether it has the order by a person's decision.
        public var isDecided: Bool
    }

    /// The order.
    public var order: OrderShape
    /// Whether the paper's rule counts it.
    public var isCandidate: Bool
    /// Whether matching finds it the most fitting.
    public var isBest: Bool
    /// What bears on it: contradictions first, then what speaks against it, then what speaks for it.
    public var facts: [Fact]
    /// The sum of what is weighed; null where evidence does not weigh it.
    @OrNull public var score: Double?
    /// For the most fitting: how much better it is than any other way to give each study an order.
    @OrNull public var margin: Double?
    /// Why evidence leaves it to a person; a code.
    @OrNull public var bar: String?
    /// The other studies that have it or would get it.
    public var rivals: [Rival]
}

extension PatientShape {
    init(_ patient: PatientIdentity) {
        self.init(
            patientID: patient.patientID.reveal(), issuer: patient.issuer.reveal(), name: patient.name.reveal(), birthDate: patient.birthDate.reveal(),
            sex: patient.sex.reveal())
    }
}

extension OrderShape {
    init(_ record: OrderRecord) {
        let order = record.order
        self.init(
            accessionNumber: order.accessionNumber, patient: PatientShape(order.patient), examDate: order.examDate?.description ?? "",
            examTime: order.examTime, modality: order.modality, procedureCode: order.procedureCode, procedureDescription: order.procedureDescription,
            department: order.department, status: order.status)
    }
}

extension CandidateShape {
    init(_ choice: WorklistItem.Choice, _ match: Match) {
        let candidate = choice.candidate
        let weighing = match.weighing?.order == candidate.order ? match.weighing : nil
        self.init(
            order: OrderShape(choice.order), isCandidate: candidate.isCandidate, isBest: candidate.isBest, facts: candidate.facts.map(Fact.init),
            score: candidate.score.map(Self.logarithm), margin: weighing.map { Self.logarithm($0.margin) }, bar: candidate.bar?.rawValue,
            rivals: choice.rivals.map { Rival(studyInstanceUID: $0.header.studyInstanceUID, state: $0.progress.state.rawValue, isDecided: $0.decision != nil) })
    }

    fileprivate static func logarithm(_ hundredths: Int) -> Double { Double(min(hundredths, 100_000)) / 100 }
}

extension CandidateShape.Fact {
    init(_ fact: Candidate.Fact) {
        let words =
            switch fact.bearing {
            case .contradicts: "contradicts"
            case .against: "speaks against it"
            case .speaksFor: "speaks for it"
            }
        let (shown, ordered) = (fact.shown.reveal(), fact.ordered.reveal())
        let values = shown == ordered ? "'\(shown)' in both" : "'\(shown)' in the objects, '\(ordered)' in the order"
        self.init(
            what: fact.what, bearing: fact.bearing.rawValue, weight: fact.weight.map(CandidateShape.logarithm), text: "\(fact.what) \(words): \(values)")
    }
}
