public import Migration

extension Matcher {
    /// The codes of the sentences that a ``Match`` may carry; each needs words where it is shown. Arguments, in their order:
    ///
    /// | code | arguments |
    /// |---|---|
    /// | `matched` | accession number; what corroborates it, as text |
    /// | `matched-uncorroborated` | accession number |
    /// | `several-orders` | count of orders; accession numbers, at most ``listedArguments`` |
    /// | `competing-studies` | count of other studies; accession numbers; Study Instance UIDs of the others, at most ``listedArguments`` each |
    /// | `contradiction` | accession number; then for each field that contradicts: its name as text, the study's value, the order's value |
    /// | `namesake` | patient IDs of the others, at most ``listedArguments`` |
    /// | `patient-id-blank` | none |
    /// | `patient-unknown` | patient ID |
    /// | `no-order` | patient ID; day as text; modalities as text |
    /// | `study-date-missing` | Study Date as written, as text: empty, or no day |
    public static var sentenceCodes: [String] {
        [
            Sentences.matched, Sentences.matchedUncorroborated, HoldReason.severalOrders.rawValue,
            HoldReason.competingStudies.rawValue, HoldReason.contradiction.rawValue, HoldReason.namesake.rawValue, HoldReason.patientIDBlank.rawValue,
            HoldReason.patientUnknown.rawValue, HoldReason.noOrder.rawValue, HoldReason.studyDateMissing.rawValue,
        ]
    }

    /// How many accession numbers or UIDs a sentence names at most, so that it stays readable and bounded (law 9).
    public static var listedArguments: Int { 8 }
}

/// The sentences of matching.
enum Sentences {
    static var matched: String { "matched" }
    static var matchedUncorroborated: String { "matched-uncorroborated" }

    static func matched(_ order: Order, _ support: Support) -> Sentence {
        let accession = SentenceArgument.accession(order.accessionNumber)
        if support.isEmpty { return Sentence(matchedUncorroborated, [accession]) }
        return Sentence(matched, [accession, .text(support.words.joined(separator: ", "))])
    }

    static func severalOrders(_ orders: [Order]) -> Sentence {
        let accessions = orders.prefix(Matcher.listedArguments).map { SentenceArgument.accession($0.accessionNumber) }
        return Sentence(HoldReason.severalOrders.rawValue, [.count(Int64(orders.count))] + accessions)
    }

    static func competing(_ accessions: [String], rivals: Int, known: [String]) -> Sentence {
        Sentence(
            HoldReason.competingStudies.rawValue,
            [.count(Int64(rivals))] + accessions.prefix(Matcher.listedArguments).map { .accession($0) }
                + known.prefix(Matcher.listedArguments).map { .study($0) })
    }

    static func contradiction(_ comparison: IdentityComparison, _ study: PatientIdentity, _ order: Order) -> Sentence {
        var arguments: [SentenceArgument] = [.accession(order.accessionNumber)]
        func add(_ agreement: Agreement, _ field: String, _ ours: Identifying, _ theirs: Identifying) {
            if agreement == .contradicts { arguments += [.text(field), .patient(ours), .patient(theirs)] }
        }
        add(comparison.name, "name", study.name, order.patient.name)
        add(comparison.birthDate, "birth date", study.birthDate, order.patient.birthDate)
        add(comparison.sex, "sex", study.sex, order.patient.sex)
        return Sentence(HoldReason.contradiction.rawValue, arguments)
    }

    static func noOrder(_ header: StudyHeader) -> Sentence {
        Sentence(
            HoldReason.noOrder.rawValue,
            [
                .patient(header.patient.patientID), .text(header.date?.description ?? ""),
                .text(header.modalities.joined(separator: ", ")),
            ])
    }

    static func studyDateMissing(_ header: StudyHeader) -> Sentence {
        Sentence(HoldReason.studyDateMissing.rawValue, [.text(header.studyDate)])
    }
}

extension Sentence {
    /// That objects may show one of `others`, by their patient IDs.
    public init(namesakes others: [PatientIdentity]) {
        let numbers = Set(others.map { trimmed($0.patientID.reveal()) }).sorted().prefix(Matcher.listedArguments) // unordered: it is sorted
        self.init(HoldReason.namesake.rawValue, numbers.map { .patient(Identifying($0)) })
    }
}
