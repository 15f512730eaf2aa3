import Console
import Foundation
import Migration
import Testing

@Suite("The body of a request")
struct OperationBodyTests {
    private static let texts = ["", "KIM^MINSU=金^民秀=김^민수", "a\"b\\c/d", "line\nend", "Ångström"]

    private static let samples = texts.flatMap { text in
        [CalendarDate("19990312"), nil].map { day in
            Order(
                patient: PatientIdentity(patientID: Identifying(text), name: Identifying(text), birthDate: "19500312"), accessionNumber: text, examDate: day,
                modality: text, procedureDescription: text, status: "CM")
        }
    }

    @Test("Orders are written as by the general way, and read by either", arguments: samples.map { [$0] } + [samples, []])
    func written(_ orders: [Order]) throws {
        let operation = ImportOrders(orders: orders)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(operation.body() == Array(try encoder.encode(operation)))
        #expect(try ImportOrders(body: operation.body()).orders == orders)
        #expect(try JSONDecoder().decode(ImportOrders.self, from: Data(operation.body())).orders == orders)
        #expect(try ImportOrders(body: Array(JSONEncoder().encode(operation))).orders == orders)
    }

    @Test("The moment of a file of orders is written as by the general way, and read by either")
    func moment() throws {
        let operation = ImportOrders(orders: Self.samples, asOf: Instant(milliseconds: 1_078_129_200_000))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(operation.body() == Array(try encoder.encode(operation)))
        #expect(try ImportOrders(body: operation.body()).asOf == operation.asOf)
        #expect(try JSONDecoder().decode(ImportOrders.self, from: Data(operation.body())).asOf == operation.asOf)
        #expect(throws: DecodingError.self) { try ImportOrders(body: Array("{\"asOf\":\"now\",\"orders\":[]}".utf8)) }
    }

    @Test("What is no list of orders is refused", arguments: [
        "", "{}", "[]", "{\"orders\":1}", "{\"orders\":[1]}", "{\"orders\":[{\"examDate\":\"19990332\"}]}", "{\"orders\":[]", "{\"orders\":null}",
    ])
    func refused(_ text: String) { #expect(throws: DecodingError.self) { try ImportOrders(body: Array(text.utf8)) } }
}
