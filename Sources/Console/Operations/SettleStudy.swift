internal import Coordination
internal import Ledger
internal import LineServer
internal import Migration

/// Decides on a study by hand, or tries it again.
public struct SettleStudy: ConsoleOperation {
    public static let path = "/v1/studies"
    public static let isReading = false

    /// The decisions.
    public enum Decision: String, Codable, Hashable, Sendable, CaseIterable {
        /// Link it to the order ``SettleStudy/accessionNumber``.
        case assign
        /// File it as an unspecified exam.
        case unspecified
        /// Try an exception again.
        case retry
        /// Keep others from deciding on it for a while.
        case take
        /// Let others decide on it again.
        case release
        /// Leave it out; needs a reason.
        case exclude
        /// Put it off until ``SettleStudy/until``; needs a reason.
        case postpone
        /// Take back the last decision.
        case undo
        /// It serves the orders ``SettleStudy/also`` beside its own.
        case link
        /// It does not serve the orders ``SettleStudy/also``.
        case unlink
    }

    /// The study's Study Instance UID.
    public var study: String
    /// What was decided.
    public var decision: Decision
    /// The order's accession number, for ``Decision/assign``; otherwise nil.
    public var accessionNumber: String?
    /// Whose order is meant where several patients have one of that accession number; nil: not said.
    public var patientID: String?
    /// The issuer of ``patientID``, or of the order's patient whoever it is; nil: not said.
    public var issuer: String?
    /// Whether the study has the order together with others that have it; nil: not.
    public var shared: Bool?
    /// Accession numbers of further orders that it serves; nil: none.
    public var also: [String]?
    /// When it comes back, in milliseconds since 1970-01-01T00:00:00Z, for ``Decision/postpone``; otherwise nil.
    public var until: Int64?
    /// Why, in the person's words; nil: not said.
    public var reason: String?
    /// The revision of the item that was looked at: a decision on an outdated one is refused. Nil: not said.
    public var seen: String?

    /// A decision about `study`; what else it needs is set behind.
    public init(study: String, decision: Decision, accessionNumber: String? = nil) {
        self.study = study
        self.decision = decision
        self.accessionNumber = accessionNumber
    }

    public func perform(at desk: Desk) async throws -> Done { Done(text: try await desk.carryOut(action()).text(showsPatients: true)) }

    private func action() throws -> OperatorAction {
        let terms = DecisionTerms(reason: reason.map { Identifying($0) }, seen: seen)
        func onWorklist(_ action: WorklistAction) -> OperatorAction { .worklist(action, studyInstanceUID: study, terms: terms) }
        switch decision {
        case .assign:
            guard let accessionNumber else { throw OperationError.badValue("assign needs an accessionNumber") }
            return .assign(studyInstanceUID: study, accessionNumber: accessionNumber, use: use, terms: terms)
        case .unspecified: return .fileAsUnspecified(studyInstanceUID: study, terms: terms)
        case .retry: return .retry(studyInstanceUID: study)
        case .take: return onWorklist(.take)
        case .release: return onWorklist(.letGo)
        case .exclude: return onWorklist(.exclude)
        case .postpone:
            guard let until else { throw OperationError.badValue("postpone needs until, a moment in milliseconds since 1970") }
            return onWorklist(.postpone(until: Instant(milliseconds: until)))
        case .undo: return onWorklist(.undo)
        case .link: return onWorklist(.link(try orders()))
        case .unlink: return onWorklist(.unlink(try orders()))
        }
    }

    private var use: OrderUse {
        let isNamed = patientID != nil || issuer != nil
        let patient = isNamed ? PatientKey(patientID: Identifying(patientID ?? ""), issuer: Identifying(issuer ?? "")) : nil
        return OrderUse(patient: patient, isShared: shared ?? false, also: also ?? [])
    }

    private func orders() throws -> [String] {
        guard let also, !also.isEmpty else { throw OperationError.badValue("\(decision.rawValue) needs also, the accession numbers of the orders") }
        return also
    }
}
