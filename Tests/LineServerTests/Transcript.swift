import Foundation
import Testing

/// A transcript of Tests/Transcripts: prose, then what is said and what must come back.
///
/// - `# …`: prose.
/// - `! …`: what an operator does; see ``TranscriptRunner``.
/// - `@ NAME`: the lines that follow are on the connection of the worker NAME, or of `stranger`; `@ NAME again` opens a new one.
/// - `> LINE`: said. `‹name›` stands for a value that was bound before.
/// - `< LINE`: must be the next reply. `‹name›` binds what stands there, or must be equal to what it is bound to; `…` is anything.
struct Transcript: CustomTestStringConvertible {
    enum Step {
        case operatorAction([String])
        case connection(name: String, isNew: Bool)
        case said(String)
        case heard(String)
    }

    struct Malformed: Error { var line: String }

    let name: String
    let steps: [(line: Int, step: Step)]

    var testDescription: String { name }

    /// All transcripts of the folder, by name.
    static func all() throws -> [Transcript] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Transcripts")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }.map { try Transcript($0) }
    }

    init(_ file: URL) throws {
        name = file.deletingPathExtension().lastPathComponent
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        steps = try lines.enumerated().compactMap { index, line in
            try Self.step(String(line)).map { (index + 1, $0) }
        }
    }

    private static func step(_ line: String) throws -> Step? {
        let rest = String(line.dropFirst(2))
        let words = rest.split(separator: " ").map(String.init)
        switch line.prefix(2) {
        case "", "# ", "#": return nil
        case "! ": return .operatorAction(words)
        case "@ ": return .connection(name: words[0], isNew: words.count > 1)
        case "> ": return .said(rest)
        case "< ": return .heard(rest)
        default: throw Malformed(line: line)
        }
    }
}

/// Values by name: what a transcript bound so far.
struct Bindings {
    private(set) var values: [String: String] = [:]

    mutating func bind(_ name: String, _ value: String) { values[name] = value }

    /// `line` with each `‹name›` replaced by its value.
    func filled(_ line: String) -> String {
        values.reduce(line) { $0.replacing("‹\($1.key)›", with: $1.value) }
    }

    /// Whether `heard` is what `expected` says; binds the names in it.
    mutating func accept(_ heard: String, as expected: String) throws -> Bool {
        let line = filled(expected)
        let names = line.matches(of: /‹([a-z0-9-]+)›/).map { String($0.1) }
        let pattern = NSRegularExpression.escapedPattern(for: line)
            .replacing(/‹[a-z0-9-]+›/, with: "([^,\"}\\]]+)").replacing("…", with: ".*")
        let whole = NSRange(heard.startIndex..., in: heard)
        guard let match = try NSRegularExpression(pattern: "^" + pattern + "$").firstMatch(in: heard, range: whole) else { return false }
        for (index, name) in names.enumerated() {
            guard let range = Range(match.range(at: index + 1), in: heard) else { return false }
            bind(name, String(heard[range]))
        }
        return true
    }
}
