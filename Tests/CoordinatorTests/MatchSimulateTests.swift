import Foundation
import Matching
import Testing

@testable import coordinator

@Suite(.serialized, .timeLimit(.minutes(5))) struct MatchSimulateTests {
    private let orders = """
        patient_id,patient_name,accession_number,exam_date,modality,status
        P1,KIM^MINSU,A1,19990312,CT,
        P1,KIM^MINSU,A2,20010312,CR,
        P1,KIM^MINSU,A3,20010312,CR,
        P2,LEE^SUJIN,A4,19970312,DSA,
        P3,LEE^SUJIN,A5,20010312,MR,CA
        P4,LEE^SUJIN,A6,20010313,MR,

        """
    private let studies = """
        study_instance_uid,patient_id,patient_name,study_date,modality
        1.1,P1,KIM^MINSU,19990312,CT
        1.2,P1,KIM^MINSU,20010312,CR
        1.3,P2,LEE^SUJIN,19970312,XA
        1.4,P3,LEE^SUJIN,20010312,MR
        1.5,P4,KIM^MINSU,20010313,MR/SR
        1.6,P9,KIM^MINSU,19960312,<b>
        1.7, ,KIM^MINSU,19990312,CT
        1.8,P1,KIM^MINSU,,CT
        1.x,P1,KIM^MINSU,19990312,CT

        """

    private func program() throws -> CoordinatorProgram {
        let program = try CoordinatorProgram()
        try program.initialise()
        for (name, text) in [("orders", orders), ("studies", studies)] {
            try text.write(toFile: program.folder + "/\(name).csv", atomically: true, encoding: .utf8)
        }
        return program
    }

    private func simulate(_ program: CoordinatorProgram, _ words: [String]) throws -> String {
        let outcome = try program.run(["match", "simulate"] + words + ["--config", program.configuration])
        #expect(outcome.status == 0, "\(outcome.messages)")
        return outcome.output
    }

    private struct Document: Decodable {
        struct Counts: Decodable {
            var examLevelFailed, patientLevelFailed, manualMatch, matched, total: Int
        }
        struct Line: Decodable { var line: String; var count: Int; var percent: String }
        struct Cell: Decodable { var modality: String; var year: String?; var counts: Counts }
        var studies, legacyStudies: Int
        var whole: Counts
        var first: [Line]
        var byModality: [Cell]?
        var byModalityAndYear: [Cell]?
    }

    @Test("The legacy index is imported row by row, and simulated beside a running coordinator as without one, in every form")
    func wholeWay() async throws {
        let program = try program()
        #expect(try program.run("orders", "import", program.folder + "/orders.csv", "--config", program.configuration).status == 0)
        let imported = try program.run("studies", "import", program.folder + "/studies.csv", "--json", "--config", program.configuration)
        #expect(imported.status == 1)
        #expect(imported.output.contains("\"brokenCount\" : 1") && imported.output.contains("\"imported\" : 8"))
        #expect(imported.messages.contains("line 10: study_instance_uid is no UID"))

        let words = ["--by", "modality,year", "--before", "1998", "--json"]
        let alone = try simulate(program, words)
        let document = try JSONDecoder().decode(Document.self, from: Data(alone.utf8))
        #expect(document.studies == 8 && document.legacyStudies == 8)
        #expect(document.first.map(\.count) == [4, 1, 1, 1, 1, 4, 8])
        #expect(document.first.map(\.percent) == ["50.00", "12.50", "12.50", "12.50", "12.50", "50.00", "100.00"])
        #expect(document.byModality?.map(\.modality) == ["<B>", "CR", "CT", "MR", "XA"])
        let cells = try #require(document.byModalityAndYear).filter { $0.counts.total > 0 }.map { "\($0.modality) \($0.year ?? "")" }
        #expect(cells == ["<B> before 1998", "CR 2001", "CT 1999", "CT no date", "MR 2001", "XA before 1998"])
        // 1.2 has two orders, and the name of 1.5 contradicts its only one.
        #expect(document.whole.manualMatch == 2 && document.whole.matched == 2)

        let serving = try await program.serve()
        #expect(try simulate(program, words) == alone)
        #expect(serving.end(by: SIGTERM) == 0)

        let table = try simulate(program, ["--by", "modality,year", "--before", "1998"])
        #expect(table.contains("XA        matched               1            —     —     —        1      100.00"))
        #expect(try simulate(program, ["--by", "modality", "--format", "csv"]).contains("\"CT\",\"matched\",\"1\"\r\n"))
        let page = try simulate(program, ["--by", "modality,year", "--format", "html"])
        #expect(page.contains("new Chart(") && page.contains("&lt;B&gt;") && !page.contains("<B>"))
        // What stands in Chart.js is its own.
        let own = page.replacing(try String(contentsOfFile: SimulationPage.chartLibrary, encoding: .utf8), with: "")
        #expect(own.count < page.count && !own.contains("src=") && !own.contains("href="))
    }

    @Test("As many warnings as are told one by one hide no broken row, and all are counted")
    func manyWarnings() throws {
        let program = try program()
        let count = TableImport.rowLimit + 5
        let rows = (1...count).map { "1.\($0),P1,00000000,CT" }
        let text = (["study_instance_uid,patient_id,study_date,modality"] + rows + ["1.x,P1,19990312,CT", ""]).joined(separator: "\n")
        try text.write(toFile: program.folder + "/many.csv", atomically: true, encoding: .utf8)
        let outcome = try program.run("studies", "import", program.folder + "/many.csv", "--config", program.configuration)
        #expect(outcome.status == 1)
        #expect(outcome.messages.contains("line \(count + 2): study_instance_uid is no UID"))
        #expect(outcome.messages.contains("and 5 more warnings") && !outcome.messages.contains("more broken rows"))
        #expect(outcome.output.contains("1 rows broken, \(count) warnings"))
    }

    @Test("A grouping that does not exist, and a first year without years, are wrong usage")
    func usage() throws {
        let program = try program()
        for words in [["--by", "year"], ["--before", "1998"], ["--by", "modality", "--before", "1998"], ["--format", "pdf"]] {
            #expect(try program.run(["match", "simulate"] + words + ["--config", program.configuration]).status == 2, "\(words)")
        }
    }

    @Test("Without Chart.js the page has its tables, and says why there is no chart")
    func withoutChart() {
        let tables = SimulationTables(.init(cells: [], legacyStudies: 0), by: .modality, before: nil)
        let page = SimulationPage.text(tables, library: "/nowhere/chart.min.js")
        #expect(page.contains("No chart: /nowhere/chart.min.js is missing") && page.contains("libjs-chart.js") && !page.contains("<script"))
        #expect(page.contains("<h2>All studies</h2>"))
    }

    @Test("Percentages have two decimals and are rounded half up", arguments: [
        (7773, 145_960, "5.33"), (138_187, 145_960, "94.67"), (145_960, 145_960, "100.00"), (0, 3, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (1, 20_000, "0.01"), (0, 0, "0.00"),
    ])
    func percentages(count: Int, total: Int, text: String) {
        #expect(SimulationTables.percentage(count, of: total) == text)
    }

    @Test("Figures have groups of three digits, and none is a dash", arguments: [
        (0, "—"), (7, "7"), (999, "999"), (1000, "1,000"), (126_621, "126,621"), (1_347_319, "1,347,319"),
    ])
    func figures(count: Int, text: String) {
        #expect(SimulationTables.figure(count) == text)
    }
}
