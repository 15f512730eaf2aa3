public import Migration

/// A study as matching sees it.
public struct MatchableStudy: Hashable, Sendable {
    /// The study.
    public var id: StudyID
    /// What its objects say.
    public var header: StudyHeader
    /// Whether its order is still to be found.
    public var claim: Claim

    /// Whether and how a study's order is settled.
    public enum Claim: Hashable, Sendable {
        /// Nothing is settled: the study claims an order when that is its only candidate.
        case open
        /// A person decided, or the study was sent: it claims these orders and no other. None: a person filed it without an order.
        case settled([OrderID])
        /// Sent without an order, by the rule: it claims none. By evidence one may be its own all the same.
        case filed
    }

    /// A study of these values.
    public init(id: StudyID, header: StudyHeader, claim: Claim = .open) {
        self.id = id
        self.header = header
        self.claim = claim
    }
}

/// A hospital order as matching sees it.
public struct MatchableOrder: Hashable, Sendable {
    /// The order.
    public var id: OrderID
    /// What it says.
    public var order: Order
    /// The studies that use it and are not among those handed to the matcher: such as a study of another patient ID that a person linked
    /// to it. Those handed over may be named too.
    public var usedBy: [StudyID]

    /// An order of these values.
    public init(id: OrderID, order: Order, usedBy: [StudyID] = []) {
        self.id = id
        self.order = order
        self.usedBy = usedBy
    }
}
