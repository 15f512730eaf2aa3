import ConfigurationFile
import Foundation
import Testing

@Suite("The text of a configuration file, and the quantities in it")
struct TextTests {
    /// A file with these bytes, while `body` looks at it.
    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("skein-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("x.yaml")
        try Data(bytes).write(to: file)
        try body(file.path)
    }

    private func failure(_ path: String) -> ConfigurationError? {
        #expect(throws: ConfigurationError.self) { try ConfigurationText(contentsOf: path, advice: "`join` makes it") }
    }

    @Test("A file is read with the folder in which it lies")
    func reading() throws {
        try withFile(Array("a: ä\n".utf8)) { path in
            let file = try ConfigurationText(contentsOf: path, advice: "")
            #expect(file.text == "a: ä\n")
            #expect(file.folder + "/x.yaml" == path)
        }
    }

    @Test("A file that is not there or is a folder is named, with where it comes from")
    func unreadable() {
        for path in ["/no/such.yaml", "/tmp"] {
            #expect(failure(path)?.code == .unreadable)
            #expect(failure(path)?.message == "\(path): cannot be read; `join` makes it")
        }
    }

    @Test("A file of the limit's size is read; one byte more, and one that is no UTF-8, are refused")
    func limits() throws {
        let whole = [UInt8](repeating: UInt8(ascii: "#"), count: ConfigurationText.byteLimit)
        try withFile(whole) { path in
            let file = try ConfigurationText(contentsOf: path, advice: "")
            #expect(file.text.utf8.count == whole.count)
        }
        try withFile(whole + [35]) { path in
            #expect(failure(path)?.message == "\(path): has more than 1048576 bytes")
        }
        try withFile([0x61, 0x3A, 0x20, 0xE4]) { path in
            #expect(failure(path)?.code == .malformed)
            #expect(failure(path)?.message == "\(path): is no UTF-8 text")
        }
    }

    @Test("A quantity needs a whole number and a unit, and room in 64 bits", arguments: [
        ("8 kB", 8_000), ("8kB", 8_000), ("0 B", 0), ("9223372036854775807 B", Int64.max), ("8", nil), ("kB", nil), ("1.5 kB", nil), ("8 KB", nil),
        ("-1 kB", nil), ("+1 kB", nil), ("９ kB", nil), ("9223372036854776 kB", nil), ("99999999999999999999 B", nil), ("", nil),
    ])
    func quantities(text: String, value: Int64?) {
        #expect(Quantity.parse(text, units: ["B": 1, "kB": 1_000]) == value)
    }
}
