import Migration
import Synchronization
import Testing

@testable import Orders

@Suite("Acknowledgements in HL7")
struct HL7AcknowledgementTests {
    private let now = Instant(milliseconds: 1_795_428_900_000)

    /// What comes back when `refusal` is what the ledger says.
    private func reply(to bytes: [UInt8], refusal: HL7Inlet.Refusal? = nil, entered: (HospitalMessage) -> Void = { _ in }) -> [String]? {
        let messages = Mutex<[HospitalMessage]>([])
        let answers = Mutex<[HL7Inlet.Answer]>([])
        let inlet = HL7Inlet(HL7Conventions()) { message, whenDone in
            messages.withLock { $0.append(message) }
            whenDone(refusal)
        }
        inlet.receive(bytes, controlID: "S1", at: now) { answer in answers.withLock { $0.append(answer) } }
        messages.withLock { $0 }.forEach(entered)
        let all = answers.withLock { $0 }
        #expect(all.count == 1)
        return all.first?.bytes.map { String(decoding: $0, as: UTF8.self).split(separator: "\r").map(String.init) }
    }

    @Test("What is durable is accepted, to its sender, in its version and character set")
    func accepted() {
        var count = 0
        let bytes = message(pid, orc, obr, header: header(version: "2.3", rest: "||||||8859/1"))
        #expect(reply(to: bytes) { _ in count += 1 } == [
            "MSH|^~\\&|SKEIN|HOSP|RIS|HOSP|20261123101500+0000||ACK^O01|S1|P|2.3||||||8859/1", "MSA|AA|M1",
        ])
        #expect(count == 1)
    }

    @Test("What is wrong with a message is in error, and goes nowhere")
    func inError() {
        var count = 0
        let bytes = message(pid, "ORC|UC", obr, header: header(type: "ORM^O01^ORM_O01", version: "2.5.1"))
        #expect(reply(to: bytes) { _ in count += 1 } == [
            "MSH|^~\\&|SKEIN|HOSP|RIS|HOSP|20261123101500+0000||ACK^O01^ACK|S1|P|2.5.1", "MSA|AE|M1",
            "ERR||ORC^1^1|103^Table value not found^HL70357|E||||ORC-1: a control code that changes no order (docs/hl7.md)",
        ])
        #expect(count == 0)
    }

    @Test("Versions before 2.5 have their own form of the error")
    func old() {
        #expect(reply(to: message(pid, "ORC|UC", obr, header: header(version: "2.3.1")))?.dropFirst() == [
            "MSA|AE|M1|ORC-1: a control code that changes no order (docs/hl7.md)", "ERR|ORC^1^1^103&Table value not found",
        ])
    }

    @Test("Types that are not taken, and what cannot be made durable now, are rejected")
    func rejected() {
        let type = reply(to: message(pid, header: header(type: "ORU^R01")))
        #expect(type?[1] == "MSA|AR|M1")
        #expect(type?[2].hasPrefix("ERR||MSH^1^9|200^Unsupported message type^HL70357|E|") == true)
        let disk = reply(to: message(pid, orc, obr), refusal: .init(.unavailable, "nothing can be recorded now"))
        #expect(disk?[1] == "MSA|AR|M1")
        #expect(disk?[2] == "ERR|||207^Application internal error^HL70357|E||||nothing can be recorded now")
    }

    @Test("What the ledger would refuse again is in error, at the patient ID where that is what nobody knows")
    func refusedForGood() {
        let circle = reply(to: message(pid, orc, obr), refusal: .init(.content, "it cannot be"))
        #expect(circle?.dropFirst() == ["MSA|AE|M1", "ERR|||102^Data type error^HL70357|E||||it cannot be"])
        let order = reply(to: message(pid, orc, obr), refusal: .init(.patient, "whose is it"))
        #expect(order?.last == "ERR||PID^1^3|102^Data type error^HL70357|E||||PID-3: whose is it")
        let merge = reply(to: message(pid, "MRG|77", header: header(type: "ADT^A40")), refusal: .init(.patient, "whose is it"))
        #expect(merge?.last == "ERR||MRG^1^1|102^Data type error^HL70357|E||||MRG-1: whose is it")
        let own = reply(to: message(pid, "MRG|77^^^LAB", header: header(type: "ADT^A40")), refusal: .init(.patient, "whose is it"))
        #expect(own?.last?.hasPrefix("ERR||PID^1^3|102^") == true)
    }

    @Test("Enhanced mode: when an accept acknowledgement is wanted, and which", arguments: [
        ("AL", "", true, "CA"), ("AL", "", false, "CE"), ("NE", "", true, nil), ("NE", "", false, nil), ("ER", "", true, nil), ("ER", "", false, "CE"), ("SU", "", true, "CA"),
        ("SU", "", false, nil), ("", "AL", true, "AA"), ("", "NE", true, nil), ("AL", "AL", true, "AA"), ("", "", true, "AA"),
        ("NE", "AL", true, "AA"), ("NE", "AL", false, "AE"), ("NE", "ER", true, nil), ("NE", "ER", false, "AE"), ("NE", "NE", false, nil),
        ("AL", "NE", true, "CA"), ("AL", "ER", true, "CA"), ("AL", "ER", false, "AE"), ("ER", "SU", true, "AA"), ("ER", "SU", false, "CE"), ("", "ER", true, nil),
    ] as [(String, String, Bool, String?)])
    func enhanced(accept: String, application: String, isSound: Bool, code: String?) {
        let bytes = message(pid, isSound ? orc : "ORC|UC", obr, header: header(rest: "|||\(accept)|\(application)"))
        #expect(reply(to: bytes)?[1].prefix(6) == code.map { "MSA|\($0)" })
    }

    @Test("With the sender's own delimiters")
    func delimiters() {
        let bytes = Array("MSH$%*!?$RIS$HOSP$SKEIN$HOSP$20261123$$ORM%O01$M1$P$2.5\rPID$1\rORC$NW".utf8)
        #expect(reply(to: bytes)?[1] == "MSA$AE$M1")
        #expect(reply(to: bytes)?[2].hasPrefix("ERR$$PID%1%3$101%Required field missing%HL70357$E$") == true)
    }

    @Test("What is no message is rejected as well")
    func nothing() {
        #expect(reply(to: Array("GET / HTTP/1.1\r\n".utf8))?[1] == "MSA|AR|")
        #expect(reply(to: [])?.count == 3)
    }

    @Test("A message that is too long is refused by what its beginning says")
    func tooLong() {
        let inlet = HL7Inlet(HL7Conventions()) { _, _ in Issue.record("entered") }
        let answer = inlet.refuse(message(pid), limit: 1_048_576, controlID: "S1", at: now)
        let text = String(decoding: answer.bytes ?? [], as: UTF8.self)
        #expect(text.contains("MSA|AE|M1\rERR|||102^"))
        #expect(text.contains("more than 1048576 bytes"))
    }
}
