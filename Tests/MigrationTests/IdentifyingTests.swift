import Foundation
import Migration
import Testing

/// Law 11: no patient in the logs.
@Suite struct IdentifyingTests {
    let secret = "KIM^MINSU"

    private func dumped(_ value: some Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }

    /// Every way in which Swift turns a value into text without being asked for the value itself.
    private func texts(_ value: some Any) -> [String] {
        [
            "\(value)", String(describing: value), String(reflecting: value), dumped(value), "\([value])", dumped([value]),
            "\(Optional(value) as Any)", dumped(Mirror(reflecting: value).children.map(\.value)),
            String(format: "%@", "\(value)"),
        ]
    }

    @Test func `A value is never shown by interpolation, reflection or dump`() {
        for text in texts(Identifying(secret)) { #expect(!text.contains("KIM"), "\(text)") }
        #expect("\(Identifying(secret))" == "‹redacted›")
        #expect(Mirror(reflecting: Identifying(secret)).children.isEmpty)
    }

    @Test func `Neither is it inside what holds it`() {
        let patient = PatientIdentity(
            patientID: Identifying(secret), issuer: Identifying(secret), name: Identifying(secret), birthDate: Identifying(secret),
            sex: Identifying(secret))
        let header = StudyHeader(studyInstanceUID: "1.2", patient: patient)
        let order = Order(patient: patient, accessionNumber: "A1", examDate: nil, modality: "CT")
        let coercion = Coercion(tag: "00100010", value: Identifying(secret), rule: .order)
        let sentence = Sentence("contradiction", [.patient(Identifying(secret))])
        for value in [patient, header, order, coercion, sentence, Identifying(secret)] as [any Sendable] {
            for text in texts(value) { #expect(!text.contains("KIM"), "\(text)") }
        }
    }

    @Test func `Nor in an error that carries it`() {
        struct Failure: Error { let name: Identifying }
        let error = Failure(name: Identifying(secret))
        for text in texts(error) + [error.localizedDescription] { #expect(!text.contains("KIM"), "\(text)") }
    }

    @Test func `It is shown when it is asked for, and coded as it is`() throws {
        #expect(Identifying(secret).reveal() == secret)
        let bytes = try JSONEncoder().encode([Identifying(secret)])
        #expect(String(decoding: bytes, as: UTF8.self) == "[\"KIM^MINSU\"]")
        #expect(try JSONDecoder().decode([Identifying].self, from: bytes) == [Identifying(secret)])
    }

    @Test func `Blank is nothing but spaces`() {
        #expect(Identifying("").isBlank)
        #expect(Identifying("   ").isBlank)
        #expect(!Identifying(" 0").isBlank)
    }

    @Test func `Values have an order`() {
        #expect([Identifying("b"), Identifying("a")].sorted() == [Identifying("a"), Identifying("b")])
    }
}
