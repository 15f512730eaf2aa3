internal import Coordination
internal import Ledger
internal import LineServer
public import Migration

/// Lists the studies.
public struct ListStudies: ListOperation {
    public static let path = "/v1/studies"
    public static let isReading = true

    /// A page of studies.
    public struct Output: ListPage {
        /// The studies.
        public var studies: [StudyShape]
        public var next: Int64?
        public var rows: [StudyShape] { studies }
    }

    /// Only those in this state; nil: all.
    public var state: StudyState?
    /// Only those with a part on the medium of this label; nil: all.
    public var medium: String?
    public var after: Int64?

    /// The list from its beginning.
    public init(state: StudyState? = nil, medium: String? = nil) {
        self.state = state
        self.medium = medium
    }

    public func perform(at desk: Desk) async throws -> Output {
        let page = Page(after: after.map { StudyID($0) })
        return try desk.ledger.read { reader in
            let rows = try reader.studies(StudyFilter(state: state), page: page)
            let wanted = rows.filter { row in medium.map { row.labels.contains($0) } ?? true }
            let shapes = try wanted.map { StudyShape($0, requests: try reader.openRequests(for: $0.study)) }
            return Output(studies: shapes, next: nextKey(rows) { $0.study.id.number })
        }
    }
}

/// Lists the studies that were given up.
public struct ListExceptions: ListOperation {
    public static let path = "/v1/exceptions"
    public static let isReading = true

    /// A page of exceptions.
    public struct Output: ListPage {
        /// The exceptions.
        public var exceptions: [ExceptionShape]
        public var next: Int64?
        public var rows: [ExceptionShape] { exceptions }
    }

    public var after: Int64?

    /// The list from its beginning.
    public init() {}

    public func perform(at desk: Desk) async throws -> Output {
        try desk.ledger.read { reader in
            let page = Page(after: after.map { StudyID($0) })
            let rows = try reader.studies(StudyFilter(state: .exception), page: page)
            let shapes = try rows.map { ExceptionShape($0, since: try Self.since($0, reader)) }
            return Output(exceptions: shapes, next: nextKey(rows) { $0.study.id.number })
        }
    }

    /// When the study was given up: the last of its events that says so.
    private static func since(_ row: StudyRow, _ reader: any LedgerReader) throws -> Instant? {
        try reader.events(about: EventSubject(study: row.study.id), page: Page())
            .last { $0.sentence.code == row.study.progress.sentence?.code }?.at
    }
}

/// Lists the files that could not be read and that no copy made up for.
public struct ListUnreadableFiles: ListOperation {
    public static let path = "/v1/unreadable-files"
    public static let isReading = true

    /// A page of files.
    public struct Output: ListPage {
        /// The files.
        public var unreadableFiles: [UnreadableShape]
        public var next: Int64?
        public var rows: [UnreadableShape] { unreadableFiles }
    }

    public var after: Int64?

    /// The list from its beginning.
    public init() {}

    public func perform(at desk: Desk) async throws -> Output {
        let rows = try desk.ledger.read { try $0.unreadableFiles(includingResolved: false, page: Page(after: after)) }
        return Output(unreadableFiles: rows.map(UnreadableShape.init), next: nextKey(rows) { $0.record.number })
    }
}
