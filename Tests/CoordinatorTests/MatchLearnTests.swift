import Foundation
import Testing

@testable import coordinator

@Suite(.serialized, .timeLimit(.minutes(5))) struct MatchLearnTests {
    /// Forty patients with one radiograph each, and one with two of a day: what the consoles call them tells which is which.
    private static let procedures = [("CXR", "Chest PA"), ("SKULL", "Skull AP"), ("KUB", "Abdomen"), ("PNS", "PNS series")]

    private func program() throws -> CoordinatorProgram {
        let program = try CoordinatorProgram()
        try program.initialise()
        var orders = ["patient_id,patient_name,birth_date,accession_number,exam_date,modality,procedure_description"]
        var studies = ["study_instance_uid,patient_id,patient_name,birth_date,study_date,modality,study_description"]
        for number in 0..<80 {
            let (written, procedure) = Self.procedures[number % 4]
            orders.append("P\(number),KIM^MINSU,19500312,A\(number),19990312,CR,\(procedure)")
            studies.append("1.\(number),P\(number),KIM^MINSU,19500312,19990312,CR,\(written)")
        }
        orders += ["T1,LEE^AERI,19600401,B1,19990312,CR,Chest PA", "T1,LEE^AERI,19600401,B2,19990312,CR,Abdomen"]
        studies += ["2.1,T1,LEE^AERI,19600401,19990312,CR,KUB", "2.2,T1,LEE^AERI,19600401,19990312,CR,CXR"]
        for (name, rows) in [("orders", orders), ("studies", studies)] {
            try rows.joined(separator: "\n").write(toFile: program.folder + "/\(name).csv", atomically: true, encoding: .utf8)
        }
        return program
    }

    private func run(_ program: CoordinatorProgram, _ words: [String], status: Int32 = 0) throws -> (output: String, messages: String) {
        let outcome = try program.run(words + ["--config", program.configuration])
        #expect(outcome.status == status, "\(words): \(outcome.messages)")
        return (outcome.output, outcome.messages)
    }

    @Test("Evidence is off until words are learned and it is turned on; then it settles what the rule leaves, and says why")
    func learn() throws {
        let program = try program()
        #expect(try run(program, ["match", "learn"], status: 1).messages.contains("import orders and the legacy index first"))
        _ = try run(program, ["orders", "import", program.folder + "/orders.csv"])
        _ = try run(program, ["studies", "import", program.folder + "/studies.csv"])
        let plain = try run(program, ["match", "simulate", "--list"]).output.split(separator: "\n")
        #expect(plain.count == 83)
        #expect(plain.contains(#""2.1","manual match","several-orders","","","","","""#))

        let text = try String(contentsOfFile: program.configuration, encoding: .utf8)
        try text.replacing("matching: { evidence: off }", with: "matching: { evidence: on }").write(
            toFile: program.configuration, atomically: true, encoding: .utf8)
        #expect(try run(program, ["match", "simulate", "--list"], status: 2).messages.contains("coordinator match learn"))
        #expect(try run(program, ["match", "learn"]).messages.contains("learned from 80 studies"))
        let file = program.configuration.replacing("coordinator.yaml", with: "vocabulary.json")
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)

        let weighed = try run(program, ["match", "simulate", "--list"]).output.split(separator: "\n")
        #expect(weighed.contains { $0.hasPrefix(#""2.1","matched","","B2""#) && $0.contains("description ") })
        #expect(weighed.contains { $0.hasPrefix(#""2.2","matched","","B1""#) })
        #expect(try run(program, ["match", "simulate", "--list", "--by", "modality"], status: 2).messages.contains("--list"))

        try "{".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try run(program, ["match", "simulate", "--list"], status: 2).messages.contains("vocabulary.json cannot be read"))
    }
}
