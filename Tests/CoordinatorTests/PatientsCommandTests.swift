import Foundation
import Testing

@testable import coordinator

@Suite("coordinator patients import, and film", .timeLimit(.minutes(3))) struct PatientsCommandTests {
    /// A migration with an order of P1, and a file of patients with merges in no order, a circle, a broken row and a number of two issuers.
    private func program() throws -> CoordinatorProgram {
        let program = try CoordinatorProgram()
        try program.initialise()
        var rows = ["patient_id,issuer,patient_name,birth_date,sex,merged_into,merged_into_issuer,said_at", "M1,HOSP,,,,M2,,", "C1,HOSP,,,,C2,,", "C2,HOSP,,,,C1,,"]
        rows += (0..<2500).map { "N\($0),HOSP,KIM^MINSU,19500312,M,,,20030101" }
        rows += ["M2,HOSP,,,,P1,,", "B,HOSP,,19501332,,,,", "Q,,,,,,,"]
        let orders = "patient_id,issuer,accession_number,exam_date,modality\nP1,HOSP,A1,20030210,CT\nQ,HOSP,A2,20030210,CT\nQ,LAB,A3,20030210,CT\n"
        let studies = "study_instance_uid,patient_id,study_date,modality,medium_label\n1.1,M1,20030210,CT,CD-7\n"
        for (name, text) in [("patients", rows.joined(separator: "\n")), ("orders", orders), ("studies", studies), ("media", "label,kind\nCD-7,cd\n")] {
            try text.write(toFile: program.folder + "/\(name).csv", atomically: true, encoding: .utf8)
        }
        for table in ["orders", "studies", "media"] {
            #expect(try program.run(table, "import", "\(program.folder)/\(table).csv", "--config", program.configuration).status == 0)
        }
        return program
    }

    @Test("A file is taken row by row, whether somebody serves or not; again it changes nothing, and what it says of merges counts", arguments: [true, false])
    func patients(isServed: Bool) async throws {
        let program = try program()
        let serving = isServed ? try await program.serve() : nil
        let words = ["patients", "import", program.folder + "/patients.csv", "--config", program.configuration]
        let first = try program.run(words)
        #expect(first.status == 1)
        #expect(first.output.contains("2502 patients imported, 2 updated, 4 rows broken, 0 warnings"), "\(first.output)")
        for told in ["line 3: merged_into leads back", "line 4: merged_into leads back", "line 2506: birth_date is no date", "line 2507: a patient ID without"] {
            #expect(first.messages.contains(told), "\(told) in \(first.messages)")
        }
        #expect(try program.run(words).output.contains("0 patients imported, 0 updated, 4 rows broken"))
        let listed = try program.run("match", "simulate", "--list", "--config", program.configuration)
        #expect(listed.output.contains("\"1.1\",\"matched\""), "\(listed.output)")
        if let serving { #expect(serving.end(by: SIGTERM) == 0) }
    }

    @Test("What cannot be read and was asked for is on the film list while somebody serves, and ends by a word")
    func film() async throws {
        let program = try program()
        let serving = try await program.serve()
        #expect(try program.run("request", "--study", "1.1", "--reason", "ward 7", "--config", program.configuration).status == 0)
        #expect(try program.run("media", "exclude", "CD-7", "--reason", "broken", "--config", program.configuration).status == 0)
        var list = ""
        // The coordinator looks for films at its next tick; each look of ours is a program of its own.
        for _ in 0..<1000 where !list.contains("1.1") {
            list = try program.run("film", "--json", "--config", program.configuration).output
        }
        struct Document: Decodable { var films: [Film] }
        struct Film: Decodable, Hashable {
            var number: Int
            var request: Int
            var state: String
            var patientID: String
            var date: String
            var studyInstanceUID: String?
        }
        let films = try JSONDecoder().decode(Document.self, from: Data(list.utf8)).films
        #expect(films == [Film(number: 1, request: 1, state: "open", patientID: "M1", date: "20030210", studyInstanceUID: "1.1")])
        #expect(try program.run("status", "--config", program.configuration).output.contains("1 exams that were asked for cannot be read"))
        #expect(try program.run("requests", "--config", program.configuration).output.contains("film 1 is to be digitised for request 1"))
        #expect(try program.run("film", "done", "1", "7.7", "--config", program.configuration).status == 1)
        #expect(try program.run("film", "cancel", "1", "--reason", "no film", "--config", program.configuration).messages.contains("film 1 is not to be digitised"))
        #expect(try program.run("film", "--config", program.configuration).output.contains("1.1") == false)
        #expect(try program.run("film", "list", "--all", "--config", program.configuration).output.contains("ended"))
        #expect(serving.end(by: SIGTERM) == 0)
    }
}
