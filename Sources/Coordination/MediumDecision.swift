import Ledger
import Migration

/// Another medium bound to the fingerprint that was met.
struct BoundMedium {
    var medium: MediumRecord
    /// Whether it is a declared copy or the original.
    var isRelative: Bool
}

/// Whether a medium that a worker reaches is to be read. Pure.
enum MediumDecision: Equatable {
    /// Not to be read; without arguments the medium's label is the only one.
    case refuse(SentenceCode, [SentenceArgument])
    /// Not to be read: somebody else does.
    case beingRead(WorkerID?)
    /// Not to be read, ever: it is a copy of what was read whole.
    case excludeCopy(of: String)
    /// To be read.
    case read(Reason)

    /// Why a medium is to be read.
    enum Reason: Equatable {
        case first, partlyRead, custodyLost, restarted
    }

    /// Decides on `medium`, whose contents have `fingerprint`, to which the media in `bound` are bound as well.
    init(medium: MediumRecord, fingerprint: String, bound: [BoundMedium], worker: WorkerID) {
        if let refusal = Self.refusal(medium, fingerprint, bound, worker) {
            self = refusal
            return
        }
        switch medium.state {
        case .expected: self = .read(medium.closedGrant == nil ? .first : .custodyLost)
        case .reading: self = .read(.restarted)
        case .partlyRead: self = .read(.partlyRead)
        case .read, .drained: self = .refuse(.alreadyRead, [])
        case .excluded: self = Self.excluded(medium)
        }
    }

    private static func refusal(
        _ medium: MediumRecord, _ fingerprint: String, _ bound: [BoundMedium], _ worker: WorkerID
    ) -> MediumDecision? {
        if medium.state == .excluded { return excluded(medium) }
        if let stranger = bound.first(where: { !$0.isRelative })?.medium {
            return .refuse(.otherDisc, [.label(medium.label), .label(stranger.label)])
        }
        if let known = medium.fingerprint, known != fingerprint, medium.closedGrant != nil || medium.state == .reading {
            return .refuse(.notTheExpectedDisc, [])
        }
        if medium.state == .reading, medium.worker != worker { return .beingRead(medium.worker) }
        let original = bound.first { $0.medium.isWhole && ($0.medium.state == .read || $0.medium.state == .drained) }?.medium
        if let original, medium.closedGrant == nil { return .excludeCopy(of: original.label) }
        return nil
    }

    private static func excluded(_ medium: MediumRecord) -> MediumDecision {
        guard let sentence = medium.sentence else { return .refuse(.mediumExcluded, [.label(medium.label), .text("")]) }
        if sentence.code == SentenceCode.mediumExcluded.rawValue { return .refuse(.mediumExcluded, sentence.arguments) }
        return .refuse(.mediumExcluded, [.label(medium.label), .text(sentence.text())])
    }
}
