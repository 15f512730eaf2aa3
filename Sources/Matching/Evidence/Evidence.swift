/// One thing that speaks for an order, or against it.
public struct Evidence: Hashable, Sendable, Codable {
    /// What is compared.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Accession Number (0008,0050) of the objects and the order's.
        case accessionNumber = "accession number"
        /// Study Instance UID (0020,000D) and the order's.
        case studyInstanceUID = "study instance UID"
        /// The patient ID is another spelling of the order's.
        case spelling = "patient ID spelling"
        /// The names.
        case name
        /// The birth dates.
        case birthDate = "birth date"
        /// The sexes.
        case sex
        /// Study Time against the time of the exam.
        case time
        /// The day is the one before or behind the order's, across midnight.
        case day = "day"
        /// The modality against the order's.
        case modality
        /// Study Description against the procedure.
        case description
        /// Body Part Examined against the procedure.
        case bodyPart = "body part"
        /// The number of images against what the procedure usually has.
        case images = "number of images"
        /// The side in Laterality or the description against the order's.
        case side
    }

    /// What is compared.
    public var kind: Kind
    /// How much it says, in hundredths of a natural logarithm of a likelihood ratio: above 0 for the order, below 0 against it. Of what concerns the
    /// patient it is 100 or -100: that is weighed by rules, not by sums.
    public var weight: Int

    /// Evidence of these values.
    public init(_ kind: Kind, _ weight: Int) {
        self.kind = kind
        self.weight = weight
    }
}

/// Why an order may not become a study's own without a person, however well it fits.
public enum EvidenceBar: String, Hashable, Sendable, Codable, CaseIterable {
    /// Name, birth date or sex contradict (law 13), or nothing of them confirms the patient.
    case identity
    /// The times lie too far apart.
    case time
    /// Description, body part or side speak for another exam.
    case exam
    /// Nothing says that it is this exam and not another one of that day.
    case unconfirmed
    /// Another modality, or the day before or behind, without a description or part that confirms.
    case unusual
    /// Another study could be the order's as well, or has it.
    case competing
    /// The paper's rule finds another order.
    case otherOrder = "other-order"
    /// All orders that could be its own fit others better, or do not fit.
    case unassigned
    /// More studies or orders hang together than are tried in all ways.
    case tooMany = "too-many"
    /// It fits too little.
    case score
    /// Another order, or another way to give each study an order, fits nearly as well.
    case margin
}

/// How sure evidence must be.
public struct EvidencePolicy: Hashable, Sendable {
    /// The least score of a match, in hundredths as ``Evidence/weight``.
    public var threshold: Int
    /// How much better than any other way a match must be, likewise.
    public var margin: Int
    /// How the hospital's patient IDs come to be misspelt.
    public var spelling: PatientIDSpelling

    /// A policy of these values; `make accept-noise` measures the standard ones.
    public init(threshold: Int = Self.standardThreshold, margin: Int = Self.standardMargin, spelling: PatientIDSpelling = PatientIDSpelling()) {
        self.threshold = threshold
        self.margin = margin
        self.spelling = spelling
    }

    /// The threshold where none is configured.
    public static var standardThreshold: Int { 0 }
    /// The margin where none is configured: more than twelve times as likely as any other way.
    public static var standardMargin: Int { 250 }
}
