import Testing

@Suite("The rules of style, on a few lines")
struct RuleTests {
    private func faults(_ rule: String, _ text: String, at path: String = "Sources/Coordination/X.swift", with others: [SourceFile] = []) throws -> [String] {
        let tree = SourceTree(files: [SourceFile(path: path, text: text)] + others)
        let rule = try #require(Rule.all.first { $0.name == rule })
        return rule.check(tree).filter { $0.path == path }.map { "\($0.line): \($0.message)" }
    }

    @Test("Comments and strings are not code; what is interpolated into a string is")
    func tokens() {
        let text = ##"""
            let a = "Task.detached \(print("x"))" // Task.detached
            /* one /* two */ Date() */ let b = #"raw \( " \#(c)"#
            let d = """
                Date()
                "quoted"
                """
            let e = #/Date()"/#
            f
            """##
        let tokenizer = Tokenizer(text)
        #expect(tokenizer.tokens.map(\.text).joined(separator: " ") == #"let a = " print ( " ) let b = " c let d = " let e = " f"#)
        #expect(tokenizer.comments.map(\.line) == [1, 2])
        #expect(tokenizer.tokens.last?.line == 8)
        #expect(tokenizer.dataLines == 2)
    }

    @Test("A banned call is found where it is banned, with what to do instead")
    func bannedCalls() throws {
        #expect(try faults("banned-call", "let now = Date()").first?.contains("take `now` as an argument") == true)
        #expect(try faults("banned-call", "let day = Date(timeIntervalSince1970: 0)").isEmpty)
        #expect(try faults("banned-call", "let now = Date()", at: "Sources/Gateway/X.swift").isEmpty)
        #expect(try faults("banned-call", "func print(_ x: Int) {}; console.print(1)").isEmpty)
        #expect(try faults("banned-call", "print(1)", at: "worker/X.swift").isEmpty)
        #expect(try faults("banned-call", "try await Task.sleep(for: .seconds(1))", at: "Tests/MediaTests/X.swift").count == 1)
        #expect(try faults("banned-call", "let x = Int.random(in: 0..<9)", at: "Sources/DICOM/X.swift").count == 1)
    }

    @Test("Going through a dictionary or set in an engine needs an order or a reason")
    func unorderedIteration() throws {
        let declaration = "let leases: [String: Int] = [:]; let seen: Set<Int>; let list: [Int]; let kept: OrderedDictionary<Int, Int>\n"
        let bad = [
            "for (key, value) in leases {}", "for key in self.leases.keys {}", "for x in seen where x > 1 {}", "_ = leases.map { $0 }", "_ = leases.values.first",
            "for x in Set(list) {}", "// unordered:\nfor x in seen {}",
        ]
        for line in bad { #expect(try faults("unordered-iteration", declaration + line).count == 1, "\(line)") }
        let good = [
            "for x in list {}", "for x in seen.sorted() {}", "for (key, value) in kept {}", "for x in kept.values {}", "_ = leases[1]", "_ = leases.count",
            "for x in seen { sum += x } // unordered: a sum has no order", "if seen.contains(1) {}", "for leases in list {}",
        ]
        for line in good { #expect(try faults("unordered-iteration", declaration + line).isEmpty, "\(line)") }
        #expect(try faults("unordered-iteration", declaration + bad[0], at: "Sources/Gateway/X.swift").isEmpty)
    }

    @Test("An import against who may know whom names the rooms that are allowed")
    func imports() throws {
        #expect(try faults("import", "public import Media") == ["1: Coordination must not know Media: it may know Ledger, LineProtocol, Matching, Migration"])
        #expect(try faults("import", "import struct Ledger.Grant", at: "Sources/Gateway/X.swift").count == 1)
        #expect(try faults("import", "internal import NIOCore").first?.contains("is pure") == true)
        #expect(try faults("import", "import Foundation\nimport Ledger").isEmpty)
        #expect(try faults("import", "import Foundation", at: "Sources/Attic/X.swift").first?.contains("no room of the house") == true)
    }

    @Test("The table of rooms allows nothing that is forbidden by name, and no way leads back")
    func tableIsSound() {
        for (room, other) in RoomTable.never { #expect(RoomTable.house.mayKnow[room]?.contains(other) == false) }
        // Peels off rooms that know nobody left; what remains knows each other in a ring.
        var rest = RoomTable.house.mayKnow
        while let free = rest.first(where: { room in room.value.allSatisfy { rest[$0] == nil } }) { rest[free.key] = nil }
        #expect(rest.isEmpty)
    }

    @Test("A manifest that differs from the table is found on its line")
    func manifest() throws {
        let text = "let package = Package(targets: [\n    room(\"Media\", knows: [crypto, \"Ledger\"]),\n    room(\"Attic\"),\n])"
        let faults = RoomTable.checkManifest(SourceTree(files: [], manifest: text)).map(\.description)
        #expect(faults.contains("Package.swift:2: Media must not know Ledger: it must agree with RoomTable"))
        #expect(faults.contains("Package.swift:3: Attic is no room of the house: enter it in RoomTable"))
        #expect(faults.contains("Package.swift:1: the room Gateway of RoomTable is no target"))
    }

    @Test("The length of a function is from its first line to its closing brace")
    func functionLength() throws {
        let long = "func long(\n  a: [Int]\n) -> Int {\n" + String(repeating: "  x()\n", count: 67) + "}\n"
        #expect(try faults("long-function", long) == ["1: long has 71 lines, the limit is 70: part it"])
        #expect(try faults("long-function", long.replacing("(\n", with: "(")).isEmpty)
        let lengths = LongFunction.functions(in: Tokenizer("protocol P {\n func a()\n var b: Int { get }\n}\nstruct S {\n init() {\n }\n var c = 1\n}").tokens)
        #expect(lengths.map(\.name) == ["b", "init"])
        #expect(lengths.map(\.lineCount) == [1, 2])
        for (listed, expected) in [("71", nil), ("72", "has shrunk to 71"), ("70", "it may only shrink")] as [(String, String?)] {
            let tree = SourceTree(files: [SourceFile(path: "Sources/Media/X.swift", text: long)], longFunctions: "# why\nSources/Media/X.swift long \(listed)\n")
            let faults = LongFunction.check(tree)
            #expect(faults.count == (expected == nil ? 0 : 1))
            if let expected { #expect(faults.first?.message.contains(expected) == true) }
        }
        #expect(LongFunction.check(SourceTree(files: [], longFunctions: "a b 90")).count == 1)
    }

    @Test("A public declaration has a doc comment, unless a protocol gives its meaning")
    func documentation() throws {
        let bad = ["public let a = 1", "@frozen\npublic struct A {}", "// why\npublic static func a() {}", "public private(set) var a = 1", "public init(a: Int) {}"]
        for text in bad { #expect(try faults("undocumented", text).count == 1, "\(text)") }
        let good = [
            "/// A.\npublic let a = 1", "/// A.\n@frozen\npublic struct A {}", "public import A", "public extension A {}", "let f = open(path, 1)\nvar b = 1",
            "public var description: String { \"\" }", "public protocol P {\n func a()\n}".replacing("public ", with: "") + "\npublic func a() {}",
            "/// All.\npublic static let a = 1\npublic static let b = 1", "public init(from decoder: any Decoder) {}",
        ]
        for text in good { #expect(try faults("undocumented", text).isEmpty, "\(text)") }
    }

    @Test("A file that nothing else mentions is dead, its tests aside")
    func deadFiles() throws {
        let user = SourceFile(path: "Sources/Media/User.swift", text: "struct User { let a: Used }")
        let test = SourceFile(path: "Tests/MediaTests/T.swift", text: "Unused()")
        #expect(try faults("dead-file", "struct Unused {}", at: "Sources/Media/X.swift", with: [user, test]).count == 1)
        #expect(try faults("dead-file", "struct Used {}", at: "Sources/Media/X.swift", with: [user, test]).isEmpty)
        #expect(try faults("dead-file", "extension Int: Unused {}", at: "Sources/Media/X.swift", with: [user, test]).isEmpty)
        #expect(try faults("dead-file", "@main struct Program {}", at: "worker/X.swift", with: [user, test]).isEmpty)
    }

    @Test("A document's tests are suites, folders, transcripts or targets that are there, and each row of what is tested names one")
    func namedTests() throws {
        let test = SourceFile(path: "Tests/MediaTests/T.swift", text: "struct DiscTests { @Test func a() {} }")
        func faults(_ document: String) -> [String] {
            let tree = SourceTree(
                files: [test, SourceFile(path: "Tests/MediaTests/U.swift", text: "struct ToolTests {}")],
                manifest: "let package = Package(targets: [\n    tests(of: \"Media\"),\n])", documents: [("docs/a.md", document)],
                makefile: "accept-disc: build\n\t@true\n", transcripts: ["01-disc.txt"])
            return NamedTest.check(tree).map { "\($0.line): \($0.message.prefix { $0 != ":" })" }
        }
        let head = "| attack | tested by |\n|---|---|\n"
        #expect(faults(head + "| a | DiscTests, MediaTests, `01-disc.txt` |\n| b | accept-disc |\n| c | **not stopped** |\n\n| d | e |\n").isEmpty)
        #expect(faults("TapeTests and ToolTests\n") == ["TapeTests", "ToolTests"].map { "1: \($0) is no test, transcript or target" })
        #expect(faults(head + "| a | `02-disc.txt` |\n| b | accept-tape |\n| c | us |\n").map { $0.prefix(2) } == ["3:", "4:", "5:"])
    }

    @Test("Marks of unfinished work are found in comments, and a long file by its lines of code")
    func leftoversAndLength() throws {
        #expect(try faults("leftover", "let a = 1 // \(Leftover.marks[0]): more").count == 1)
        #expect(try faults("leftover", "let a = \"\(Leftover.marks[0])\"").isEmpty)
        #expect(try faults("long-file", String(repeating: "x\n", count: 400)).isEmpty)
        #expect(try faults("long-file", String(repeating: "x\n", count: 401)).count == 1)
        #expect(try faults("long-file", "let a = \"\"\"\n" + String(repeating: "x\n", count: 500) + "\"\"\"\n").isEmpty)
    }
}
