internal import Coordination
internal import Foundation
internal import JSONText
public import Migration

/// Adds or updates hospital orders, at most `OperatorAction.importLimit` at a time.
public struct ImportOrders: ConsoleOperation {
    public static let path = "/v1/orders"
    public static let isReading = false

    /// When the hospital said so; nil: nobody knows, and they give way to what it said otherwise.
    public var asOf: Instant?
    /// The orders.
    public var orders: [Order]

    /// An import of `orders`, which the hospital told of at `asOf`.
    public init(orders: [Order], asOf: Instant? = nil) {
        self.asOf = asOf
        self.orders = orders
    }

    /// How many records one import may carry.
    public static var limit: Int { OperatorAction.importLimit }

    /// As by the general way, by hand: a file has a million of them.
    public func body() -> [UInt8] {
        var json = JSONWriter(capacity: orders.count * Self.usualByteCount)
        if let asOf {
            json.plain("{\"asOf\":")
            json.number(asOf.milliseconds)
            json.plain(",\"orders\":")
        } else {
            json.plain("{\"orders\":")
        }
        orders.write(to: &json)
        json.plain("}")
        return json.bytes
    }

    /// By hand, or by Foundation's decoder where a text is not plain; that one throws `DecodingError` for what is no list of orders.
    public init(body: [UInt8]) throws {
        if let json = JSONReader.read(body), let orders = json["orders"].flatMap([Order].init), json["asOf"] == nil || json["asOf"]?.number != nil {
            self.init(orders: orders, asOf: json["asOf"]?.number.map { Instant(milliseconds: $0) })
        } else {
            self = try JSONDecoder().decode(Self.self, from: Data(body))
        }
    }

    /// Bytes of an order's JSON, about.
    private static var usualByteCount: Int { 512 }

    public func perform(at desk: Desk) async throws -> ImportCount {
        ImportCount(try await desk.carryOut(.importOrders(orders, asOf: asOf)))
    }
}

/// Tells that an import of orders begins, or has ended: between the two nothing that is matched anew is sent, as its day may not have all of its orders yet.
public struct AnnounceOrderImport: ConsoleOperation {
    public static let path = "/v1/orders/imports"
    public static let isReading = false

    /// What it is called: a file's name, as a rule.
    public var name: String
    /// Whether it has ended, or is given up.
    public var hasEnded: Bool

    /// The beginning, or the end, of the import `name`.
    public init(name: String, hasEnded: Bool) {
        self.name = name
        self.hasEnded = hasEnded
    }

    public func perform(at desk: Desk) async throws -> Done {
        Done(text: try await desk.carryOut(hasEnded ? .endOrderImport(name: name) : .beginOrderImport(name: name)).text())
    }
}
