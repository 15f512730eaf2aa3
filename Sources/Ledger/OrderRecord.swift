public import Migration

/// A hospital order as the ledger keeps it.
public struct OrderRecord: Hashable, Sendable {
    /// Its number.
    public var id: OrderID
    /// What the hospital says.
    public var order: Order
    /// The moment of the newest message about it, by its sender's clock; nil: none had one, or it was imported since. A cancel without one has that at which it came.
    public var saidAt: Instant?

    /// A record of these.
    public init(id: OrderID, order: Order, saidAt: Instant? = nil) {
        self.id = id
        self.order = order
        self.saidAt = saidAt
    }
}

/// Orders; what finds them by patient and accession number is in ``LedgerLookup``.
public protocol OrderStore {
    /// Adds an order, which a message of this moment told of.
    func insertOrder(_ order: Order, saidAt: Instant?) throws -> OrderRecord
    /// The orders that have this placer's or filler's number, in the order of their numbers in the ledger; up to ``numberedLimit``.
    func orders(numbered number: String) throws -> [OrderRecord]
    /// Keeps the placer's and filler's numbers of an order, beside those that are known.
    func noteNumbers(_ numbers: [String], of order: OrderID) throws
    /// Writes all of `order`.
    func updateOrder(_ order: OrderRecord) throws
}

extension OrderStore {
    /// Orders of one number that are told: systems that use a number anew after years have a few.
    public static var numberedLimit: Int { 64 }
}
