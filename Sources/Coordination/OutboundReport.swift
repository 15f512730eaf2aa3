public import Migration

/// What came of telling the PACS or RIS of orders.
public enum OutboundReport: Hashable, Sendable {
    /// These are about to be told: from now on the PACS or RIS may have them.
    case begun([OutboundID])
    /// These were acknowledged; how, in words without patient data.
    case acknowledged([OutboundID], String)
    /// This one was refused. The code and the place in our words, and the receiver's own, which may name a patient; `isPassing`: it may be taken later.
    case refused(OutboundID, String, words: Identifying, isPassing: Bool)
    /// This one has characters that the character set of this name does not have.
    case unwritable(OutboundID, String)
    /// These were not acknowledged; why, in words without patient data.
    case failed([OutboundID], String)
}
