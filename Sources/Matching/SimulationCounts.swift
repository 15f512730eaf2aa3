public import Migration

/// How many studies came to what, and why.
public struct SimulationCounts: Hashable, Sendable, Codable {
    /// One order, nothing against it, claimed by no other study.
    public var matched = 0
    /// Several orders of the patient, day and modality.
    public var severalOrders = 0
    /// One order, which another study claims too.
    public var competingStudies = 0
    /// One order, which name, birth date or sex contradicts.
    public var contradiction = 0
    /// One order, and another patient of the birth date who may be meant.
    public var namesake = 0
    /// No patient ID, or spaces alone.
    public var patientIDBlank = 0
    /// No order under the patient ID.
    public var patientUnknown = 0
    /// No Study Date, or none that is a day.
    public var studyDateMissing = 0
    /// No order for the day and modality.
    public var noOrder = 0

    /// No study.
    public init() {}

    /// Studies of this outcome.
    public func count(of outcome: Outcome) -> Int {
        switch outcome {
        case .matched: matched
        case .manualMatch: severalOrders + competingStudies + contradiction + namesake
        case .examLevelFailed: studyDateMissing + noOrder
        case .patientLevelFailed: patientIDBlank + patientUnknown
        }
    }

    /// All studies.
    public var total: Int { Outcome.allCases.reduce(0) { $0 + count(of: $1) } }

    /// Studies for which an order was found, whether or not a person must choose: the matched exams of the paper's table 2.
    public var found: Int { count(of: .matched) + count(of: .manualMatch) }

    /// Adds other studies.
    public static func += (sum: inout SimulationCounts, other: SimulationCounts) {
        sum.matched += other.matched
        sum.severalOrders += other.severalOrders
        sum.competingStudies += other.competingStudies
        sum.contradiction += other.contradiction
        sum.namesake += other.namesake
        sum.patientIDBlank += other.patientIDBlank
        sum.patientUnknown += other.patientUnknown
        sum.studyDateMissing += other.studyDateMissing
        sum.noOrder += other.noOrder
    }

    /// Adds one study.
    mutating func add(_ verdict: Verdict) {
        switch verdict {
        case .matched: matched += 1
        case .severalOrders: severalOrders += 1
        case .competing: competingStudies += 1
        case .contradiction: contradiction += 1
        case .namesake: namesake += 1
        case .patientIDBlank: patientIDBlank += 1
        case .patientUnknown: patientUnknown += 1
        case .studyDateMissing: studyDateMissing += 1
        case .noOrder: noOrder += 1
        }
    }
}

/// The studies of one modality and year.
public struct SimulationCell: Hashable, Sendable, Codable {
    /// The DICOM modality; empty when the studies have none, ``others`` beyond ``SimulationTally/wordLimit`` of them.
    public var modality: String
    /// The year of the Study Date; nil when there is none that is a day.
    public var year: Int?
    /// Their counts.
    public var counts: SimulationCounts

    /// What stands for the modality of studies whose modalities are not told apart any more.
    public static var others: String { "others" }

    /// A cell of these values.
    public init(modality: String, year: Int?, counts: SimulationCounts) {
        self.modality = modality
        self.year = year
        self.counts = counts
    }
}
