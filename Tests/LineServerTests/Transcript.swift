import Foundation
import Testing

/// A transcript: what is said and what must come back. Tests/Transcripts/README.md has the notation.
struct Transcript: CustomTestStringConvertible {
    enum Step {
        case operatorAction([String])
        case connection([String])
        case said(String, isRepeated: Bool)
        case heard(String)
    }

    struct Malformed: Error { var line: String }

    let name: String
    let steps: [(line: Int, step: Step)]

    var testDescription: String { name }

    /// The tree's root.
    private static var tree: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// All transcripts of the folder, by name, and the document whose examples are one.
    static func all() throws -> [Transcript] {
        let folder = tree.appendingPathComponent("Tests/Transcripts")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let transcripts = files.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
        return try [document()] + transcripts.map { try Transcript($0) }
    }

    /// The examples of docs/protocol.md.
    static func document() throws -> Transcript { try Transcript(tree.appendingPathComponent("docs/protocol.md")) }

    init(_ file: URL) throws {
        name = file.deletingPathExtension().lastPathComponent
        var lines: [(number: Int, text: String)] = []
        for (number, line) in try Self.matter(of: file) {
            if line.hasPrefix("  "), !lines.isEmpty {
                lines[lines.count - 1].text += line.trimmingPrefix { $0 == " " }
            } else if !line.isEmpty, !line.hasPrefix("#") {
                lines.append((number, String(line)))
            }
        }
        steps = try lines.map { ($0.number, try Self.step($0.text)) }
    }

    /// The numbered lines of a transcript; of a Markdown file those of fenced blocks that begin with a step.
    private static func matter(of file: URL) throws -> [(Int, Substring)] {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        let numbered = lines.enumerated().map { ($0.offset + 1, $0.element) }
        guard file.pathExtension == "md" else { return numbered }
        let blocks = numbered.split(omittingEmptySubsequences: false) { $0.1.hasPrefix("```") }.enumerated()
        return blocks.filter { $0.offset % 2 == 1 }.map(\.element).filter { (try? step(String($0.first?.1 ?? ""))) != nil }.flatMap { $0 }
    }

    private static func step(_ line: String) throws -> Step {
        let rest = String(line.dropFirst(2))
        let words = rest.split(separator: " ").map(String.init)
        switch line.prefix(2) {
        case "! ": return .operatorAction(words)
        case "@ ": return .connection(words)
        case "> ": return .said(rest, isRepeated: false)
        case "~ ": return .said(rest, isRepeated: true)
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
