/// A place in the tree that breaks a rule.
struct Fault: Hashable, CustomStringConvertible {
    let path: String
    let line: Int
    /// What is wrong, and what to write instead.
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// One rule of the house, checked by its function over the tree.
struct Rule: Sendable {
    let name: String
    let check: @Sendable (SourceTree) -> [Fault]

    /// All rules, in the order in which they are reported.
    static let all = [
        Rule(name: "banned-call", check: BannedCall.check),
        Rule(name: "unordered-iteration", check: UnorderedIteration.check),
        Rule(name: "import", check: RoomTable.checkImports),
        Rule(name: "manifest", check: RoomTable.checkManifest),
        Rule(name: "orphaned-test", check: OrphanedTest.check),
        Rule(name: "dead-file", check: DeadFile.check),
        Rule(name: "long-function", check: LongFunction.check),
        Rule(name: "long-file", check: LongFile.check),
        Rule(name: "undocumented", check: Undocumented.check),
        Rule(name: "leftover", check: Leftover.check),
        Rule(name: "named-test", check: NamedTest.check),
    ]
}
