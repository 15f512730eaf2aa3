internal import Coordination
internal import Ledger
internal import Migration

/// Lists the orders of unspecified exams that the PACS or RIS is told of.
public struct ListOutbound: ListOperation {
    public static let path = "/v1/outbound"
    public static let isReading = true

    /// A page of orders.
    public struct Output: ListPage {
        /// The orders.
        public var outbound: [OutboundShape]
        public var next: Int64?
        public var rows: [OutboundShape] { outbound }
    }

    /// Which orders are listed.
    public enum Choice: String, Codable, Hashable, Sendable, CaseIterable {
        /// Those that wait, are under way or were refused.
        case present
        /// Those that were acknowledged, withdrawn or closed too.
        case all
    }

    /// Which are listed; nil: those that wait, are under way or were refused.
    public var choice: Choice?
    public var after: Int64?

    /// The list from its beginning.
    public init(_ choice: Choice = .present) { self.choice = choice }

    public func perform(at desk: Desk) async throws -> Output {
        let page = Page(after: after.map { OutboundID($0) })
        let rows = try desk.ledger.read { try $0.outbound(includingSettled: choice == .all, page: page) }
        return Output(outbound: rows.map(OutboundShape.init), next: nextKey(rows) { $0.id.number })
    }
}

/// Says that nothing is to be done about an order or cancel that the PACS or RIS refused.
public struct CloseOutbound: ConsoleOperation {
    public static let path = "/v1/outbound"
    public static let isReading = false

    /// Its number.
    public var number: Int64
    /// Why.
    public var reason: String

    /// Closes the order or cancel `number` because of `reason`.
    public init(number: Int64, reason: String) {
        self.number = number
        self.reason = reason
    }

    public func perform(at desk: Desk) async throws -> Done {
        Done(text: try await desk.carryOut(.closeOutbound(OutboundID(number), reason: reason)).text(showsPatients: true))
    }
}
