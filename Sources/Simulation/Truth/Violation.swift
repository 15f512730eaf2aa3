/// A rule that was broken, and what broke it.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// The rule.
    public let rule: Rule
    /// What broke it: grants, parts and studies by their numbers.
    public let text: String

    /// The rules, as docs/simulation.md lists them.
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        case numbersGrow = "numbers-grow"
        case oneGrant = "one-grant"
        case onePlan = "one-plan"
        case fullTerm = "full-term"
        case oldGrant = "old-grant"
        case acknowledgedIsDurable = "acknowledged-is-durable"
        case custodyIsReal = "custody-is-real"
        case verifiedIsThere = "verified-is-there"
        case erasedIsThere = "erased-is-there"
        case orderOnce = "order-once"
        case deadline = "deadline"
        case cap = "cap"
        case ownTitle = "own-title"
        case beatIsTrue = "beat-is-true"
        case drained = "drained"
        case revoked = "revoked"
        case noFault = "no-fault"
        case nothingLost = "nothing-lost"
        case heldForReason = "held-for-reason"
        case leftOut = "left-out"
        case sums = "sums"
        case chain = "chain"
    }

    public var description: String { "\(rule.rawValue): \(text)" }
}
