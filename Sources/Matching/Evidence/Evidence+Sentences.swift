import Glibc
internal import Migration

extension EvidenceMatcher {
    /// The codes of the sentences that evidence adds to ``Matcher/sentenceCodes``. Arguments, in their order:
    ///
    /// | code | arguments |
    /// |---|---|
    /// | `matched-by-evidence` | accession number; what speaks for it, as text; how many times as likely as any other way, as text |
    /// | `doubtful-match` | accession number; what speaks for it, as text; why that is not enough, as text |
    /// | `patient-unconfirmed` | patient ID |
    public static var sentenceCodes: [String] { [Sentences.matchedByEvidence, HoldReason.doubtful.rawValue, HoldReason.patientUnconfirmed.rawValue] }
}

/// The sentences of evidence.
extension Sentences {
    static var matchedByEvidence: String { "matched-by-evidence" }

    static func weighed(_ order: Order, _ finding: EvidenceGroup.Finding) -> Sentence {
        Sentence(matchedByEvidence, [.accession(order.accessionNumber), .text(words(finding.pairing) { $0 > 0 }), .text(odds(finding.margin))])
    }

    static func doubtful(_ order: Order, _ finding: EvidenceGroup.Finding) -> Sentence {
        let against = words(finding.pairing) { $0 < 0 }
        let reason = finding.bar.map(words) ?? ""
        return Sentence(
            HoldReason.doubtful.rawValue,
            [
                .accession(order.accessionNumber), .text(words(finding.pairing) { $0 > 0 }),
                .text(against.isEmpty ? reason : "\(reason) (\(against))"),
            ])
    }

    static func crowded(_ order: Order) -> Sentence {
        Sentence(HoldReason.doubtful.rawValue, [.accession(order.accessionNumber), .text(""), .text(words(.tooMany))])
    }

    private static func words(_ pairing: Pairing, _ isMeant: (Int) -> Bool) -> String {
        pairing.evidence.filter { isMeant($0.weight) }.map(\.kind.rawValue).joined(separator: ", ")
    }

    /// How many times as likely as any other way: what is beyond a thousand is not told apart.
    private static func odds(_ margin: Int) -> String {
        let times = exp(Double(min(margin, 1000)) / 100)
        return times > 1000 ? "more than 1000" : String(Int(times))
    }

    private static func words(_ bar: EvidenceBar) -> String {
        switch bar {
        case .identity: "who the patient is, is not confirmed"
        case .time: "the times lie too far apart"
        case .exam: "it seems to be another exam"
        case .unconfirmed: "nothing says which exam it is"
        case .unusual: "modality or day is another one, and nothing else confirms the exam"
        case .competing: "another study could be this order's as well"
        case .otherOrder: "patient ID, day and modality alone name another order"
        case .unassigned: "the order fits another study better, or does not fit"
        case .tooMany: "more studies or orders of the day than are tried in all ways"
        case .score: "too little speaks for it"
        case .margin: "another order fits nearly as well"
        }
    }
}
