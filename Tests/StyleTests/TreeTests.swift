import Testing

@Suite("The style of the tree")
struct TreeTests {
    @Test("No rule finds a fault", arguments: Rule.all.map(\.name))
    func clean(rule name: String) throws {
        let rule = try #require(Rule.all.first { $0.name == name })
        for fault in rule.check(try ownTree.get()) { Issue.record("\(rule.name): \(fault)") }
    }
}

/// The tree that these tests are part of, read once.
let ownTree = Result { try SourceTree.own() }
