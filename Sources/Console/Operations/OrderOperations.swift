internal import Coordination
internal import Foundation
internal import JSONText
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

    /// As by the general way, by hand: a file has a million of them.
    public func body() -> [UInt8] {
        var json = JSONWriter(capacity: orders.count * Self.usualByteCount)
        json.plain("{\"orders\":")
        orders.write(to: &json)
        json.plain("}")
        return json.bytes
    }

    /// By hand, or by Foundation's decoder where a text is not plain; that one throws `DecodingError` for what is no list of orders.
    public init(body: [UInt8]) throws {
        if let orders = JSONReader.read(body)?["orders"].flatMap([Order].init) {
            self.init(orders: orders)
        } else {
            self = try JSONDecoder().decode(Self.self, from: Data(body))
        }
    }

    /// Bytes of an order's JSON, about.
    private static var usualByteCount: Int { 512 }

    public func perform(at desk: Desk) async throws -> ImportCount {
        ImportCount(try await desk.carryOut(.importOrders(orders)))
    }
}
