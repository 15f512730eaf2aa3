import Migration

/// What speaks for an only candidate besides patient ID, day and modality.
struct Support {
    /// In words: `name`, `birth date`, `accession number`, `study instance UID`.
    let words: [String]

    /// What `comparison` and the identifiers of `study` and `order` say for each other.
    init(comparison: IdentityComparison, study: StudyHeader, order: Order) {
        var words: [String] = []
        if comparison.name == .agrees { words.append("name") }
        if comparison.birthDate == .agrees, study.patient.hasBirthDateOfItsOwn { words.append("birth date") }
        if Self.isSame(study.accessionNumber, order.accessionNumber) { words.append("accession number") }
        if Self.isSame(study.studyInstanceUID, order.studyInstanceUID) { words.append("study instance UID") }
        self.words = words
    }

    /// Whether nothing does.
    var isEmpty: Bool { words.isEmpty }

    /// Whether `study` bears the accession number or the Study Instance UID of `order`.
    static func hasNumber(_ study: StudyHeader, of order: Order) -> Bool {
        isSame(study.accessionNumber, order.accessionNumber) || isSame(study.studyInstanceUID, order.studyInstanceUID)
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        let left = trimmed(left)
        return !left.isEmpty && left == trimmed(right)
    }
}
