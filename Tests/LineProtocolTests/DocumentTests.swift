import Foundation
import LineProtocol
import Migration
import Testing

/// docs/protocol.md and docs/sentences.md name all that there is. That their examples are right, the transcripts' runners show.
@Suite struct DocumentTests {
    private static func document(_ name: String) throws -> String {
        let tree = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: tree.appendingPathComponent("docs/\(name)"), encoding: .utf8)
    }

    @Test func `Each verb has its section, with an example`() throws {
        let text = try Self.document("protocol.md")
        let sections = text.split(separator: "\n## ")
        for verb in Verb.allCases {
            let section = try #require(sections.first { $0.hasPrefix("\(verb.rawValue)\n") }, "\(verb)")
            #expect(section.contains("\n> \(verb.rawValue) {"))
            #expect(section.contains("\n< OK {"))
        }
    }

    @Test func `Each error code has its row, which says what a client is to do`() throws {
        let rows = try Self.document("protocol.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
        for code in LineError.Code.allCases {
            let row = rows.first { $0.contains("`\(code.rawValue)`") && $0.split(separator: "|").count == 3 }
            #expect(row != nil, "\(code.rawValue)")
        }
    }

    @Test func `Each word of a value is named`() throws {
        let text = try Self.document("protocol.md")
        let orders: [WorkerOrder] = [
            .drain, .resume, .renew, .erase(mediumGrant: GrantNumber(1), studyInstanceUID: ""), .evict(mediumGrant: GrantNumber(1), studyInstanceUID: ""),
            .preview(mediumGrant: GrantNumber(1), studyInstanceUID: "", instances: InstanceRanges()),
        ]
        struct Named: Decodable { var order: String }
        let words =
            try orders.map { try JSONDecoder().decode(Named.self, from: JSONEncoder().encode($0)).order }
            + ExceptionCategory.allCases.map(\.rawValue) + DriveStatus.State.allCases.map(\.rawValue) + ["verified", "acknowledged", "failed", "listed"]
        for word in words { #expect(text.contains("`\(word)`"), "\(word)") }
    }

    @Test func `The bounds and versions are those of the code`() throws {
        let text = try Self.document("protocol.md")
        for row in [
            "| line | 65,536 bytes |", "| items of `LEASE`, `RESULT` | \(LineLimits.itemsPerLine) |",
            "| pairs of a resume point (`done`) | \(LineLimits.resumePairs) |", "| a medium's label | 1 to \(LineLimits.labelLength) characters |",
            "| pieces of an inventory | 65,536 |", "| images of an order `preview` | \(LineLimits.previewsPerOrder) |",
            "| a preview | 1,048,576 bytes |", "| a piece of a preview | 45,056 bytes |",
        ] { #expect(text.contains(row)) }
        #expect(LineLimits.previewByteCount == 1_048_576 && LineLimits.previewPieceByteCount == 45_056)
        #expect(text.contains("Versions \(LineLimits.protocolVersions.dropLast().map(String.init).joined(separator: ", ")) and 1."))
        for version in LineLimits.protocolVersions { #expect(text.contains("\n| \(version) | ")) }
    }

    @Test func `Each sentence has its row`() throws {
        let rows = SentenceCode.allCases.map { "| `\($0.rawValue)` | \($0.template) |\n" }.joined()
        #expect(try Self.document("sentences.md").hasSuffix(rows), "the table is to be\n\(rows)")
    }
}
