internal import Coordination
public import Migration

/// Adds or updates hospital orders, at most `OperatorAction.importLimit` at a time.
public struct ImportOrders: ConsoleOperation {
    public static let path = "/v1/orders"
    public static let isReading = false

    /// The orders.
    public var orders: [Order]

    /// An import of `orders`.
    public init(orders: [Order]) { self.orders = orders }

    /// How many records one import may carry.
    public static var limit: Int { OperatorAction.importLimit }

    public func perform(at desk: Desk) async throws -> ImportCount {
        ImportCount(try await desk.carryOut(.importOrders(orders)))
    }
}
