import Foundation
import Matching
import Terminal
import Trust

/// The hospital's words as `coordinator match learn` learned them: a file beside the ledger, which people can read and which only changes when they learn
/// anew.
struct VocabularyFile {
    /// Where it is.
    let path: String

    /// Bytes of the largest that is read: some thousand procedures with some hundred words each.
    private static var byteLimit: Int { 64 << 20 }

    init(in folder: MigrationFolder) { path = folder.path + "/vocabulary.json" }

    /// What was learned.
    func read() throws(CommandFailure) -> ExamVocabulary {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(
                .usage, "matching.evidence is on, and \(path) is missing or cannot be read: import orders and the legacy index, then coordinator match learn")
        }
        defer { try? file.close() }
        do {
            let data = try file.read(upToCount: Self.byteLimit + 1) ?? Data()
            guard data.count <= Self.byteLimit else { throw CommandFailure(.usage, "\(path) has more than \(Self.byteLimit) bytes") }
            return try JSONDecoder().decode(ExamVocabulary.self, from: data)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.usage, "\(path) cannot be read: \(error)")
        }
    }

    /// Writes what was learned, whole or not at all, for its owner's eyes only.
    func write(_ vocabulary: ExamVocabulary) throws(CommandFailure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do {
            try SecretFile.write(String(decoding: try encoder.encode(vocabulary), as: UTF8.self), to: path)
        } catch {
            throw CommandFailure(.failed, "\(path) cannot be written: \(error)")
        }
    }
}
