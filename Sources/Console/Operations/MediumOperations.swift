internal import Coordination
internal import Ledger
internal import LineServer
public import Migration

/// Lists the media.
public struct ListMedia: ListOperation {
    public static let path = "/v1/media"
    public static let isReading = true

    /// A page of media.
    public struct Output: ListPage {
        /// The media.
        public var media: [MediumShape]
        public var next: Int64?
        public var rows: [MediumShape] { media }
    }

    /// Only those in this state; nil: all.
    public var state: MediumState?
    public var after: Int64?

    /// The list from its beginning.
    public init(state: MediumState? = nil) { self.state = state }

    public func perform(at desk: Desk) async throws -> Output {
        let live = desk.engine.live
        let rows = try desk.ledger.read { try $0.media(state: state, page: Page(after: after.map { MediumID($0) })) }
        let shapes = rows.map { row in
            let drive = live.workers.lazy.flatMap(\.drives).first { $0.label == row.medium.label }
            return MediumShape(row, drive: drive?.name)
        }
        return Output(media: shapes, next: nextKey(rows) { $0.medium.id.number })
    }
}

/// Adds or updates expected media, at most `OperatorAction.importLimit` at a time.
public struct ImportMedia: ConsoleOperation {
    public static let path = "/v1/media"
    public static let isReading = false

    /// The media.
    public var media: [ExpectedMedium]

    /// An import of `media`.
    public init(media: [ExpectedMedium]) { self.media = media }

    public func perform(at desk: Desk) async throws -> ImportCount {
        ImportCount(try await desk.carryOut(.importMedia(media)))
    }
}

/// Leaves a medium out; of one that was read in part, what could not be read.
public struct ExcludeMedium: ConsoleOperation {
    public static let path = "/v1/media/exclusions"
    public static let isReading = false

    /// The medium's label.
    public var label: String
    /// Why.
    public var reason: String

    /// An exclusion of the medium `label`.
    public init(label: String, reason: String) {
        self.label = label
        self.reason = reason
    }

    public func perform(at desk: Desk) async throws -> Done {
        Done(text: try await desk.carryOut(.excludeMedium(label: label, reason: reason)).text())
    }
}

/// How many records an import added and updated.
public struct ImportCount: Codable, Hashable, Sendable {
    /// New ones.
    public var imported: Int
    /// Known ones that changed or were said again.
    public var updated: Int
    /// Orders of which the hospital has said otherwise since: that stays.
    public var outdated: Int
    /// Rows that could not be taken, though they are sound by themselves.
    public var refused: [RefusedRow] = []

    /// A row that was not taken.
    public struct RefusedRow: Codable, Hashable, Sendable {
        /// The line of the file in which it begins.
        public var line: Int
        /// Why, without patient data.
        public var reason: String
    }

    /// Nothing yet.
    public init() {
        imported = 0
        updated = 0
        outdated = 0
    }

    /// The counts of an import's sentence: added, updated, and for orders and studies unchanged.
    init(_ sentence: Sentence) {
        let counts = sentence.arguments.compactMap { if case .count(let count) = $0 { Int(count) } else { nil } }
        imported = counts.first ?? 0
        updated = counts.dropFirst().first ?? 0
        outdated = sentence.code == SentenceCode.ordersGaveWay.rawValue ? counts.last ?? 0 : 0
    }

    /// Adds the counts of another chunk.
    public static func += (total: inout ImportCount, chunk: ImportCount) {
        total.imported += chunk.imported
        total.updated += chunk.updated
        total.outdated += chunk.outdated
        total.refused += chunk.refused
    }
}
