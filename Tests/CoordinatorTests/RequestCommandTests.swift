import Console
import Foundation
import Testing

@testable import coordinator

@Suite("coordinator request, and requests", .timeLimit(.minutes(2))) struct RequestCommandTests {
    private struct Document: Decodable { var requests: [RequestShape] }

    /// A migration with one order, a disc of that time and one of no known time; nothing was read.
    private func program() throws -> CoordinatorProgram {
        let program = try CoordinatorProgram()
        try program.initialise()
        let orders = "patient_id,accession_number,exam_date,modality\nP1,A1,20030210,CT\n"
        try orders.write(toFile: program.folder + "/orders.csv", atomically: true, encoding: .utf8)
        let media = "label,kind,date_from,date_to,shelf\nCD-7,cd,20030101,20031231,B2\nCD-8,cd,,,\nCD-9,cd,19990101,19991231,B3\n"
        try media.write(toFile: program.folder + "/media.csv", atomically: true, encoding: .utf8)
        for table in ["orders", "media"] {
            let imported = try program.run(table, "import", "\(program.folder)/\(table).csv", "--config", program.configuration)
            #expect(imported.status == 0, "\(imported.messages)")
        }
        return program
    }

    @Test("The operator is told the discs, and the request is there afterwards, whether somebody serves or not", arguments: [true, false])
    func made(isServed: Bool) async throws {
        let program = try program()
        let serving = isServed ? try await program.serve() : nil
        let answer = try program.run("request", "--patient", "P1", "--reason", "ward 7", "--config", program.configuration)
        #expect(answer.status == 0)
        #expect(answer.output.contains("request 1: patient P1: waiting for media"))
        #expect(answer.output.contains("1. insert CD-7 (B2): its dates include 1 of the exams"))
        #expect(answer.output.contains("1 media that are still to be read have no dates"))
        #expect(!answer.output.contains("CD-9"))
        let exam = try program.run("request", "--accession", "A1", "--reason", "ward 8", "--json", "--config", program.configuration)
        let shape = try JSONDecoder().decode(RequestShape.self, from: Data(exam.output.utf8))
        #expect(shape.number == 2 && shape.accessionNumber == "A1" && shape.patientID == nil && shape.media.map(\.label) == ["CD-7"])
        let status = try program.run("status", "--config", program.configuration)
        #expect(status.output.contains("requests   2 waiting for media"))
        #expect(status.output.contains("request 1: insert CD-7 (B2)"))
        #expect(try program.run("requests", "cancel", "1", "--reason", "done elsewhere", "--config", program.configuration).messages.contains("request 1 was cancelled by"))
        let listed = try program.run("requests", "--json", "--config", program.configuration)
        #expect(try JSONDecoder().decode(Document.self, from: Data(listed.output.utf8)).requests == [shape])
        let all = try program.run("requests", "list", "--all", "--config", program.configuration)
        #expect(all.output.contains("request 1: patient P1: ended") && all.output.contains("request 2: exam A1: waiting for media"))
        if let serving { #expect(serving.end(by: SIGTERM) == 0) }
    }

    @Test("What cannot be meant is refused: usage 2, failure 1", arguments: [
        (["request", "--reason", "x"], 2, "--patient, --study and --accession"), (["request", "--study", "1.2", "--patient", "P1", "--reason", "x"], 2, "one of"),
        (["request", "--patient", "P1"], 2, "--reason"), (["request", "--study", "1.2", "--issuer", "H", "--reason", "x"], 2, "--issuer belongs to"),
        (["request", "--accession", "NOBODY", "--reason", "x"], 1, "none of the legacy index has accession number NOBODY"),
        (["requests", "cancel", "7", "--reason", "x"], 1, "there is no request 7"), (["request", "--patient", "P1", "--reason", " "], 1, "a reason has 1 to 1000"),
    ] as [([String], Int32, String)])
    func refused(words: [String], status: Int32, message: String) throws {
        let program = try program()
        let refused = try program.run(words + ["--config", program.configuration])
        #expect(refused.status == status)
        #expect(refused.messages.contains(message), "\(refused.messages)")
    }
}
