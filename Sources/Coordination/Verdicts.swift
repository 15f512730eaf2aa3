import LineProtocol
import Migration

/// One result's verdicts, sorted and checked against what was granted.
struct Verdicts {
    let verified: InstanceRanges
    let acknowledged: InstanceRanges
    private(set) var failedCount = 0
    /// Granted, but not tried: interrupted.
    let untried: InstanceRanges
    private var failures: [Failure] = []
    /// What the destination remarked on instances that arrived: a warning status, say.
    private(set) var remarks: [(count: Int, detail: String)] = []

    /// The failure that decides what becomes of the study.
    struct Failure: Equatable {
        var category: ExceptionCategory
        var detail: String
    }

    /// Characters of a detail that are kept (law 9); workers are told to keep them short.
    private static let detailLength = 500

    /// Sorts the verdicts of `item`.
    ///
    /// - Throws: `LineError` `bad-value` when a verdict is on an instance that was not granted, or there are two on one.
    init(_ item: ResultItem, granted: InstanceRanges) throws {
        // All groups at once: a line has room for more than a thousand, each of which may cut what is left into more pieces.
        let named = InstanceRanges(joining: item.verdicts.map(\.instances))
        guard named.count == item.verdicts.reduce(0, { $0 + $1.instances.count }), named.subtracting(granted).isEmpty else {
            throw LineError(.badValue, "RESULT: grant \(item.grant) has a verdict on an instance that it does not cover, or two on one")
        }
        untried = granted.subtracting(named)
        verified = Self.instances(in: item, found: .verified)
        acknowledged = Self.instances(in: item, found: .acknowledged)
        for group in item.verdicts {
            let detail = String(group.detail.prefix(Self.detailLength))
            if case .failed(let category) = group.verdict {
                failedCount += group.instances.count
                failures.append(Failure(category: category, detail: detail))
            } else if !detail.isEmpty {
                remarks.append((group.instances.count, detail))
            }
        }
    }

    private static func instances(in item: ResultItem, found verdict: VerdictGroup.Verdict) -> InstanceRanges {
        InstanceRanges(joining: item.verdicts.filter { $0.verdict == verdict }.map(\.instances))
    }

    /// Whether the worker could not read what it was to send.
    var hasUnreadable: Bool { failures.contains { $0.category == .unreadable } }

    /// The instances that need nothing more at `level`.
    func good(for level: VerificationLevel) -> InstanceRanges {
        switch level {
        case .acknowledged: verified.union(acknowledged)
        case .listed, .committed: verified
        }
    }

    /// The gravest failure: what only a person can mend before what nothing can, and that before what time may. What was all tried and sent but
    /// in part not found is a failure to verify; when some was not tried the worker was interrupted before it could look.
    func failure(at level: VerificationLevel) -> Failure? {
        var all = failures
        if level != .acknowledged, !acknowledged.isEmpty, untried.isEmpty {
            let what = level == .committed ? "not committed to yet" : "not found yet"
            all.append(Failure(category: .verificationFailed, detail: "\(acknowledged.count) instances acknowledged, \(what)"))
        }
        return all.enumerated().min { ($0.element.category.remedy.gravity, $0.offset) < ($1.element.category.remedy.gravity, $1.offset) }?
            .element
    }
}

/// What may help against a failure.
enum Remedy: Equatable {
    /// A person's decision: the study is held.
    case person(HoldReason)
    /// No retry helps.
    case none
    /// Time, perhaps.
    case time
    /// The destination must come back, for all studies.
    case destination

    /// 0 is looked at first.
    var gravity: Int {
        switch self {
        case .person: 0
        case .none: 1
        case .time: 2
        case .destination: 3
        }
    }
}

extension ExceptionCategory {
    /// What may help against a failure of this category.
    var remedy: Remedy {
        switch self {
        case .characterSet: .person(.characterSet)
        case .notAccepted, .presentBefore: .none
        case .destinationUnreachable, .associationRejected, .outOfResources: .destination
        case .destinationRefused, .verificationFailed, .unreadable, .worker: .time
        }
    }
}
