import Foundation
import Testing

@Suite("Planted faults, one of each kind, in a copy of the tree", .serialized)
struct PlantedFaultTests {
    /// A fault to plant: text written to a file of the copy, behind what is there.
    struct Plant: Sendable, CustomTestStringConvertible {
        let rule: String
        let path: String
        let text: String
        /// Words of the message that must be given.
        let message: String

        var testDescription: String { "\(rule) in \(path): \(message)" }
    }

    static let plants = [
        Plant(rule: "banned-call", path: "Sources/Matching/Planted.swift", text: "let planted = Date()", message: "no clock"),
        Plant(rule: "banned-call", path: "Sources/Holding/Planted.swift", text: "let planted = Int.random(in: 0..<9)", message: "no random source"),
        Plant(rule: "banned-call", path: "Sources/Coordination/Planted.swift", text: "let planted = NSLock()", message: "no locks in engines"),
        Plant(rule: "banned-call", path: "Sources/Gateway/Planted.swift", text: "let planted = Task.detached {}", message: "outlives its owner"),
        Plant(rule: "banned-call", path: "Sources/Media/Planted.swift", text: "func planted() { print(1) }", message: "libraries do not print"),
        Plant(rule: "banned-call", path: "Tests/MediaTests/Planted.swift", text: "func planted() { usleep(5) }", message: "no sleeping in tests"),
        Plant(
            rule: "unordered-iteration", path: "Sources/Coordination/Planted.swift",
            text: "func planted(_ held: [String: Int]) { for (name, term) in held { use(name, term) } }", message: "held has no defined order"),
        Plant(rule: "import", path: "Sources/Gateway/Planted.swift", text: "internal import Ledger", message: "Gateway must not know Ledger"),
        Plant(rule: "import", path: "Sources/Coordination/Planted.swift", text: "internal import Media", message: "Coordination must not know Media"),
        Plant(rule: "import", path: "Sources/Media/Planted.swift", text: "import worker", message: "Media must not know worker"),
        Plant(rule: "import", path: "Sources/Matching/Planted.swift", text: "import NIOCore", message: "is pure"),
        Plant(rule: "manifest", path: "Package.swift", text: "/* targets: [\n */ let planted = room(\"Attic\")", message: "no room of the house"),
        Plant(rule: "orphaned-test", path: "Tests/AtticTests/Planted.swift", text: "@Test func planted() {}", message: "no build runs it"),
        Plant(rule: "orphaned-test", path: "Sources/Media/Planted.swift", text: "@Test func planted() {}", message: "outside of Tests/"),
        Plant(rule: "dead-file", path: "Sources/Media/Planted.swift", text: "struct PlantedAndNeverNamed {}", message: "nothing declared here"),
        Plant(
            rule: "long-function", path: "Sources/Media/Planted.swift", text: "func planted() {\n" + String(repeating: "    use()\n", count: 70) + "}",
            message: "planted has 72 lines"),
        Plant(rule: "long-function", path: LongFunction.list, text: "Sources/Media/Medium.swift planted 99", message: "remove it from the list"),
        Plant(rule: "long-file", path: "Sources/Media/Planted.swift", text: String(repeating: "use()\n", count: 401), message: "the limit is 400"),
        Plant(rule: "undocumented", path: "Sources/Media/Planted.swift", text: "public struct Planted {}", message: "public struct Planted has no doc comment"),
        Plant(rule: "leftover", path: "worker/Planted.swift", text: "// \(Leftover.marks[1]) later", message: "open an issue"),
        Plant(rule: "named-test", path: "docs/threat-model.md", text: "Tested by AtticTests.", message: "AtticTests is no test"),
        Plant(rule: "named-test", path: "docs/laws.md", text: "| a | tested by |\n|---|---|\n| b | hand |", message: "no test is named"),
    ]

    @Test("Each planted fault is found, in its place and by its rule alone")
    func planted() async throws {
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("style-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: copy) }
        try Self.copyTree(to: copy)
        let before = try SourceTree(at: copy, known: ownTree.get())
        let known = Dictionary(uniqueKeysWithValues: Rule.all.map { ($0.name, Set($0.check(before))) })
        var found = 0
        for plant in Self.plants {
            // All of it takes long, and threads are as few as processors: those that speak with a peer have theirs between.
            await Task.yield()
            let rule = try #require(Rule.all.first { $0.name == plant.rule })
            let undo = try Self.put(plant, into: copy)
            let faults = rule.check(try SourceTree(at: copy, known: before)).filter { known[rule.name]?.contains($0) == false }
            try undo()
            let expected = faults.filter { $0.path == plant.path && $0.message.contains(plant.message) }
            #expect(expected.count == 1, "\(plant.testDescription): \(faults)")
            found += expected.count
        }
        #expect(Set(Self.plants.map(\.rule)) == Set(Rule.all.map(\.name)))
        let after = try SourceTree(at: copy, known: before)
        #expect(Rule.all.allSatisfy { Set($0.check(after)) == known[$0.name] })
        print("style: \(Rule.all.count) rules, \(before.files.count) Swift files checked, \(found) of \(Self.plants.count) planted faults found")
    }

    private static func copyTree(to copy: URL) throws {
        let root = SourceTree.ownRoot
        let single = ["Package.swift", "Makefile"]
        for path in try SourceTree.paths(below: root, folders: ["Sources", "Tests", "coordinator", "worker", "ops/style", "docs"]) + single {
            guard path.hasSuffix(".swift") || ["ops/style/", "docs/", "Tests/Transcripts/", "Makefile"].contains(where: path.hasPrefix) else { continue }
            let place = copy.appendingPathComponent(path)
            try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: root.appendingPathComponent(path), to: place)
        }
    }

    /// Writes the planted text and gives back how to take it away again.
    private static func put(_ plant: Plant, into copy: URL) throws -> () throws -> Void {
        let place = copy.appendingPathComponent(plant.path)
        let before = try? Data(contentsOf: place)
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try ((before ?? Data()) + Data("\n\(plant.text)\n".utf8)).write(to: place)
        return {
            if let before { try before.write(to: place) } else { try FileManager.default.removeItem(at: place) }
        }
    }
}
