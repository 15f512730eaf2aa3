import Migration
import Testing

@testable import Orders

@Suite("HL7 from hostile senders: every message is read or refused, in bounded time and memory")
struct HL7HostileTests {
    private let whole = message(
        #"PID|1||00012345^^^HOSP&1.2.3&ISO^MR~8^^^B||O\T\Neill^\X4142\^^JR~김||19500312|M"#, orc, obr, "IPC|A7|RP1|1.2.840.1|SPS1|CT", "ZDS|1.2.840.1", "MRG|9^^^HOSP",
        header: header(rest: "||||||UNICODE UTF-8"))

    /// Reads it as each kind of message; what it says or why not makes no difference.
    private func survive(_ bytes: [UInt8]) {
        _ = fault(bytes)
        guard let type = bytes.firstRange(of: Array("ORM^O01".utf8)) else { return }
        for other in ["ADT^A08", "ADT^A40"] { _ = fault(Array(bytes[..<type.lowerBound]) + Array(other.utf8) + Array(bytes[type.upperBound...])) }
    }

    @Test("Cut at every byte")
    func truncated() {
        for end in whole.indices { survive(Array(whole[..<end])) }
    }

    @Test("With bytes changed, put in and left out at random")
    func mutated() {
        var chance = SeededGenerator(state: 7)
        let interesting: [UInt8] = [0x0D, 0x0A, 0x1B, 0x5C, 0x5E, 0x26, 0x7E, 0x7C, 0x22, 0x00, 0xFF, 0x24, 0x29, 0x43]
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &chance) {
                let place = Int.random(in: 0..<bytes.count, using: &chance)
                switch Int.random(in: 0..<3, using: &chance) {
                case 0: bytes[place] = interesting.randomElement(using: &chance) ?? 0
                case 1: bytes.insert(interesting.randomElement(using: &chance) ?? 0, at: place)
                default: bytes.remove(at: place)
                }
            }
            survive(bytes)
        }
    }

    @Test("Huge: each bound is reached and named", arguments: [
        (message(pid, orc, obr) + Array(String(repeating: "NTE|1\r", count: 2001).utf8), "2000 segments"),
        (message("PID|1||" + String(repeating: "7~", count: 300), orc, obr), "256 repetitions"),
        (Array("MSH|^~\\&|".utf8) + [UInt8](repeating: 0x41, count: 5000), "4096 bytes"),
        (message(pid, orc, obr, header: header().replacing("|M1|", with: "|" + String(repeating: "M", count: 200) + "|")), "199 bytes"),
    ])
    func huge(bytes: [UInt8], words: String) {
        #expect(fault(bytes)?.text.contains(words) == true)
    }

    @Test("A message of separators alone takes no longer than one of text", .timeLimit(.minutes(5)))
    func separators() {
        for separator in ["|", "^", "~", "&", "\\", "\\X", "\\.br"] {
            let bytes = message(pid + String(repeating: separator, count: 300_000), orc, obr)
            survive(bytes)
            survive(message("PID|1||7||KIM^" + String(repeating: separator, count: 300_000) + "|", orc, obr))
        }
    }
}
