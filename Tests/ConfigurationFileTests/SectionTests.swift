@testable import ConfigurationFile
import Testing

@Suite("The keys of a configuration file")
struct SectionTests {
    private func section(_ yaml: String) throws -> ConfigurationSection { try ConfigurationSection(yaml: yaml, file: "x.yaml") }

    private func failure(_ yaml: String, _ read: (inout ConfigurationSection) throws -> Void = { _ in }) -> ConfigurationError? {
        #expect(throws: ConfigurationError.self) {
            var section = try section(yaml)
            try read(&section)
        }
    }

    @Test("Values, numbers, lists, sections and free keys are read, and all of them are then known")
    func reading() throws {
        var top = try section("a: text\nn: 7\nlist: [x, y]\ndrives:\n  - name: one\n  - name: two\nfree: { k: v, l: w }\n")
        #expect(try top.value("a", "a text") { $0 } == "text")
        #expect(try top.required("a", "a text") { $0 } == "text")
        #expect(try top.number("n", 1...7) == 7)
        #expect(try top.values("list", "a letter") { $0 } == ["x", "y"])
        var names: [String] = []
        for var drive in try top.sections("drives") {
            names.append(try drive.required("name", "a name") { $0 })
            try drive.finish()
        }
        #expect(names == ["one", "two"])
        var free = try #require(try top.section("free"))
        #expect(try free.table().map { "\($0.key)=\($0.value)" } == ["k=v", "l=w"])
        try free.finish()
        try top.finish()
    }

    @Test("What is absent is nil, or none")
    func absence() throws {
        var top = try section("a: text")
        #expect(try top.value("b", "a text") { $0 } == nil)
        #expect(try top.number("b", 0...1) == nil)
        #expect(try top.values("b", "a text") { $0 } == nil)
        #expect(try top.section("b") == nil)
        #expect(try top.sections("b").isEmpty)
    }

    @Test("A key that nobody asked for is named with its path and line, and the keys that there are")
    func unknownKey() {
        let error = failure("a: 1\nspool:\n  limit: 1\n  limits: 2\n") { top in
            _ = try top.value("a", "a text") { $0 }
            var spool = try #require(try top.section("spool"))
            _ = try spool.value("path", "a path") { $0 }
            _ = try spool.value("limit", "a size") { $0 }
            try spool.finish()
        }
        #expect(error?.code == .unknownKey)
        #expect(error?.message == "x.yaml:4: unknown key spool.limits; the keys here are limit, path")
    }

    @Test("A key that stands twice is named, also where one of the two is in quotes")
    func doubleKey() {
        #expect(failure("a: 1\na: 2\n")?.message == "x.yaml:1: a stands twice")
        #expect(failure("7: a\n\"7\": b\n") { top in
            _ = try top.table()
            try top.finish()
        }?.message == "x.yaml:2: 7 stands twice")
    }

    @Test("An unknown key in one item of a list is named with the item")
    func unknownKeyInList() {
        let error = failure("drives: [{ name: a }, { name: b, speed: 4 }]") { top in
            for var drive in try top.sections("drives") {
                _ = try drive.value("name", "a name") { $0 }
                try drive.finish()
            }
        }
        #expect(error?.message.hasPrefix("x.yaml:1: unknown key drives[1].speed;") == true)
    }

    @Test("A value that does not do names its key, its line, itself and what is right")
    func badValue() {
        let isShort = { (text: String) in text.count < 3 ? text : nil }
        let cases: [(yaml: String, message: String, read: (inout ConfigurationSection) throws -> Void)] = [
            ("b: 1\na: long", "x.yaml:2: a is \"long\", but is to be two letters", { _ = try $0.value("a", "two letters", isShort) }),
            ("a: [x]", "x.yaml:1: a is to be two letters", { _ = try $0.value("a", "two letters", isShort) }),
            ("a: [x, long]", "x.yaml:1: a[1] is \"long\", but is to be two letters", { _ = try $0.values("a", "two letters", isShort) }),
            ("a: x", "x.yaml:1: a is to be a list", { _ = try $0.values("a", "two letters", isShort) }),
            ("a: x", "x.yaml:1: a is to be a list", { _ = try $0.sections("a") }),
            ("a: [x]", "x.yaml:1: a[0] is to be keys and values", { _ = try $0.sections("a") }),
            ("a: x", "x.yaml:1: a is to be keys and values", { _ = try $0.section("a") }),
            ("a: 8", "x.yaml:1: a is \"8\", but is to be a number from 1 to 7", { _ = try $0.number("a", 1...7) }),
            ("a: seven", "x.yaml:1: a is \"seven\", but is to be a number from 1 to 7", { _ = try $0.number("a", 1...7) }),
            ("b: 1\n\na: 1", "x.yaml:3: a contradicts b", { throw $0.contradiction("a", "contradicts b") }),
        ]
        for (yaml, message, read) in cases {
            let error = failure(yaml, read)
            #expect(error?.code == .badValue)
            #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
        }
    }

    @Test("A key that must be there is named, with what it is to be")
    func missingKey() {
        let error = failure("drives: [{ path: p }]") { top in
            for var drive in try top.sections("drives") { _ = try drive.required("name", "a name") { $0 } }
        }
        #expect(error?.code == .missingKey)
        #expect(error?.message == "x.yaml:1: drives[0].name is missing; it is to be a name")
    }

    @Test("A file that is empty, no YAML, or no keys and values is refused")
    func whole() {
        #expect(failure("")?.message == "x.yaml: is empty")
        for yaml in ["b: 1\na: [", "b: 1\na: }", "a: \u{1}"] {
            let error = failure(yaml)
            #expect(error?.code == .malformed)
            #expect(error?.message.contains("is no YAML: ") == true)
            #expect(error?.message.contains(where: \.isNewline) == false)
        }
        #expect(failure("b: 1\na: }")?.message.hasPrefix("x.yaml:2: is no YAML: ") == true)
        #expect(failure("- a")?.message == "x.yaml:1: the file is to be keys and values")
    }
}
