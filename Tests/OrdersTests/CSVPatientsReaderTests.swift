@testable import Orders
import Migration
import Testing

@Suite struct CSVPatientsReaderTests {
    private static let header = "patient_id,issuer,patient_name,birth_date,sex,merged_into,merged_into_issuer,said_at"

    private func read(_ lines: [String], columns: String = Self.header) throws -> (rows: [CSVPatientsReader.Row], faults: [TableFault]) {
        let text = ([columns] + lines).joined(separator: "\n")
        var reader = try CSVPatientsReader(zone: .utc) { source(text) }
        var rows: [CSVPatientsReader.Row] = []
        var faults: [TableFault] = []
        while let item = try reader.next() {
            switch item {
            case .value(let row, line: let line):
                #expect(row.line == line)
                rows.append(row)
            case .fault(let fault): faults.append(fault)
            }
        }
        return (rows, faults)
    }

    /// `1 into 2`, each once, in the order of reading.
    private func merges(_ lines: [String]) throws -> (merges: [String], faults: [TableFault]) {
        let result = try read(lines.map { "\($0.split(separator: ">")[0]),\($0.split(separator: ">")[1])" }, columns: "patient_id,merged_into")
        let told = result.rows.compactMap { row in row.patient.mergedInto.map { "\(row.patient.identity.key.patientID.reveal())>\($0.patientID.reveal())" } }
        return (told, result.faults)
    }

    @Test func `A row says who a patient is, and behind all others whom the number belongs to`() throws {
        let result = try read(["7,HOSP,KIM^MINSU=金^民秀=김^민수,1950-03-12,m,8,LAB,20010203040506+0900", " 8 ,,,,,,,"])
        var first = IdentityNotice(key: PatientKey(patientID: "7", issuer: "HOSP"))
        first.name = .value("KIM^MINSU=金^民秀=김^민수")
        first.birthDate = .value("19500312")
        first.sex = .value("M")
        // 2001-02-02T19:05:06Z
        let moment = Instant(milliseconds: 981_140_706_000)
        #expect(result.faults.map(\.code) == [.missingValue])
        #expect(result.faults.map(\.line) == [3])
        #expect(result.rows == [
            CSVPatientsReader.Row(line: 2, patient: PatientNotice(identity: first, saidAt: moment)),
            CSVPatientsReader.Row(
                line: 2,
                patient: PatientNotice(identity: IdentityNotice(key: first.key), mergedInto: PatientKey(patientID: "8", issuer: "LAB"), saidAt: moment)),
        ])
    }

    @Test func `Without an issuer of its own the survivor has that of the former number`() throws {
        let result = try read(["7,HOSP,,,,8,,"])
        #expect(result.rows.last?.patient.mergedInto == PatientKey(patientID: "8", issuer: "HOSP"))
        #expect(result.rows.first?.patient.identity == IdentityNotice(key: PatientKey(patientID: "7", issuer: "HOSP")))
    }

    @Test func `Broken rows are named by their lines and cost themselves`() throws {
        let result = try read([
            ",,,,,,,", "1,,,19991332,,,,", "2,,,,X,,,", "3,,A=B=C=D,,,,,", "4,,,,,,HOSP,", "5,,,,,5,,", "6,,,,,,,yesterday", "7,,,,,", "8\\9,,,,,,,", "9,,,,,,,",
        ])
        #expect(result.rows.map(\.line) == [11])
        #expect(result.faults.map(\.line) == Array(2...10))
        #expect(result.faults.map(\.code) == [
            .missingValue, .badValue, .badValue, .badValue, .missingValue, .badValue, .badValue, .fieldCount, .badValue,
        ])
        #expect(throws: TableError.self) { try read([], columns: "patient_id,name") }
        #expect(throws: TableError.self) { try read([], columns: "patient_name") }
    }

    @Test func `Merges that end where they began are refused, each line of them, and those that lead there are not`() throws {
        let lines = ["a>b", "b>c", "c>a", "x>a", "y>z", "z>w"]
        for rotation in 0..<lines.count {
            let turned = Array(lines[rotation...] + lines[..<rotation])
            let result = try merges(turned)
            #expect(Set(result.merges) == ["x>a", "y>z", "z>w"])
            #expect(Set(result.faults.map(\.line)) == Set(turned.indices.filter { lines[..<3].contains(turned[$0]) }.map { $0 + 2 }))
            #expect(result.faults.allSatisfy { $0.code == .mergeImpossible })
        }
    }

    @Test func `A number that two lines merge into different patients is merged into none`() throws {
        for lines in [["a>b", "a>c", "b>a", "d>e"], ["b>a", "a>c", "d>e", "a>b"]] {
            let result = try merges(lines)
            #expect(Set(result.merges) == ["b>a", "d>e"])
            #expect(result.faults.filter { $0.code == .mergeImpossible }.count == 2)
        }
        let same = try merges(["a>b", "a>b"])
        #expect(same.merges == ["a>b", "a>b"])
        #expect(same.faults.map(\.code) == [.patientRepeated])
    }

    @Test func `More merges behind one another than the coordinator follows are refused where there are too many behind them`() throws {
        let chain = (0..<70).map { "p\($0)>p\($0 + 1)" }
        let result = try merges(chain)
        #expect(result.faults.map(\.line) == Array(2...7))
        #expect(result.merges.count == 64)
    }

    @Test func `A number without an issuer is refused where another line has it with one, wherever that stands`() throws {
        for lines in [["7,,,,,,,", "7,HOSP,,,,,,", "8,,,,,,,"], ["7,HOSP,,,,,,", "8,,,,,,,", "7,,,,,,,"]] {
            let result = try read(lines)
            #expect(Set(result.rows.map(\.patient.identity.key)) == [PatientKey(patientID: "7", issuer: "HOSP"), PatientKey(patientID: "8")])
            #expect(result.faults.map(\.code) == [.missingValue])
        }
    }

    @Test func `What is told of a patient twice is told as a warning, and both rows come`() throws {
        let result = try read(["7,,KIM^A,,,,,", "7,LAB,KIM^B,,,,,", "7,LAB,KIM^C,,,,,"])
        #expect(result.rows.map(\.line) == [3, 4])
        #expect(result.faults.map(\.code) == [.missingValue, .patientRepeated])
    }

    @Test func `What one file is compared for has a bound`() {
        var survey = PatientsSurvey(limit: 2)
        for number in 0..<5 {
            survey.note(
                PatientNotice(identity: IdentityNotice(key: PatientKey(patientID: Identifying("\(number)"))), mergedInto: PatientKey(patientID: Identifying("\(number + 1)"))),
                line: number)
        }
        survey.end()
        #expect(survey.merges.count == 2)
        #expect(survey.hasIssuer.count == 2)
    }
}
