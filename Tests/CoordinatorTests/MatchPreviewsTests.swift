import Foundation
import Testing

@testable import coordinator

/// `coordinator match previews` where there is nothing to show; with pictures, `make accept-previews` runs it.
@Suite("coordinator match previews", .timeLimit(.minutes(2))) struct MatchPreviewsTests {
    private func previews(_ words: [String], isServed: Bool = false) async throws -> (CoordinatorProgram.Outcome, CoordinatorProgram) {
        let program = try CoordinatorProgram()
        try program.initialise()
        let serving = isServed ? try await program.serve() : nil
        let outcome = try program.run(["match", "previews"] + words.map { $0.replacing("FOLDER", with: program.folder) } + ["--config", program.configuration])
        if let serving { #expect(serving.end(by: SIGTERM) == 0) }
        return (outcome, program)
    }

    @Test("A study that is not there is named, whether somebody serves or not", arguments: [true, false])
    func unknown(isServed: Bool) async throws {
        let (outcome, program) = try await previews(["1.2.3", "--to", "FOLDER/pictures"], isServed: isServed)
        #expect(outcome.status == 1)
        #expect(outcome.messages.contains("there is no study 1.2.3"), "\(outcome.messages)")
        let attributes = try FileManager.default.attributesOfItem(atPath: program.folder + "/pictures")
        #expect((attributes[.posixPermissions] as? Int ?? 0) & 0o777 == 0o700)
        // The folder for what is kept is made with the first picture.
        #expect(!FileManager.default.fileExists(atPath: program.folder + "/m/previews"))
    }

    @Test("What cannot be meant is refused: usage 2, failure 1", arguments: [
        (["1.2.3"], 2, "--to"), (["1.2.3", "--to", "FOLDER/p", "--wait", "-1"], 2, "--wait"), (["1.2.3", "--to", "FOLDER/p", "--wait", "3601"], 2, "0 to 3600 seconds"),
        (["1.2.3", "--to", "FOLDER/p", "--limit", "0"], 1, "limit is 0, and a study's previews are 1 to 24"),
        (["1.2.3", "--to", "FOLDER/no/p"], 1, "cannot make the folder"),
    ] as [([String], Int32, String)])
    func refused(words: [String], status: Int32, message: String) async throws {
        let (outcome, _) = try await previews(words)
        #expect(outcome.status == status)
        #expect(outcome.messages.contains(message), "\(outcome.messages)")
    }

    @Test("A picture replaces no file, and is for its owner alone")
    func folder() throws {
        let path = NSTemporaryDirectory() + "skein-pictures-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try PictureFolder(path)
        let file = try folder.write([1, 2, 3], number: 7)
        #expect(file == path + "/image-07.png")
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect((attributes[.posixPermissions] as? Int ?? 0) & 0o777 == 0o600)
        #expect(throws: (any Error).self) { try folder.write([4], number: 7) }
        #expect(FileManager.default.contents(atPath: file) == Data([1, 2, 3]))
    }
}
