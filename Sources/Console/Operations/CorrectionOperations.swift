internal import Coordination
internal import Ledger
internal import LineServer
internal import Migration

/// Lists the studies that lie at the destination otherwise than the hospital says by now.
public struct ListCorrections: ListOperation {
    public static let path = "/v1/corrections"
    public static let isReading = true

    /// A page of corrections.
    public struct Output: ListPage {
        /// The corrections.
        public var corrections: [CorrectionShape]
        public var next: Int64?
        public var rows: [CorrectionShape] { corrections }
    }

    /// Which corrections are listed.
    public enum Choice: String, Codable, Hashable, Sendable, CaseIterable {
        /// Those that have not come right yet.
        case present
        /// Those that came right too.
        case all
    }

    /// Which are listed; nil: those that have not come right yet.
    public var choice: Choice?
    public var after: Int64?

    /// The list from its beginning.
    public init(_ choice: Choice = .present) { self.choice = choice }

    public func perform(at desk: Desk) async throws -> Output {
        let page = Page(after: after.map { StudyID($0) })
        let rows = try desk.ledger.read { try $0.corrections(includingCorrected: choice == .all, page: page) }
        return Output(corrections: rows.map(CorrectionShape.init), next: nextKey(rows) { $0.study.id.number })
    }
}

/// Decides what is done about a study that lies at the destination under a former identity.
public struct SettleCorrection: ConsoleOperation {
    public static let path = "/v1/corrections"
    public static let isReading = false

    /// The decisions.
    public enum Decision: String, Codable, Hashable, Sendable, CaseIterable {
        /// Delete or reject it there, as the profile says, and send it again.
        case approve
        /// The same, although birth date, sex or name in its objects contradict the patient whose it is said to be.
        case approveContradicting = "approve-contradicting"
        /// Await anew that the destination corrects it by itself; an approval is taken back so.
        case await
    }

    /// The study's Study Instance UID.
    public var study: String
    /// What was decided.
    public var decision: Decision

    /// A decision about `study`.
    public init(study: String, decision: Decision) {
        self.study = study
        self.decision = decision
    }

    public func perform(at desk: Desk) async throws -> Done {
        let action: OperatorAction =
            switch decision {
            case .approve: .approveCorrection(studyInstanceUID: study)
            case .approveContradicting: .approveCorrection(studyInstanceUID: study, isContradicting: true)
            case .await: .awaitCorrection(studyInstanceUID: study)
            }
        return Done(text: try await desk.carryOut(action).text(showsPatients: true))
    }
}
