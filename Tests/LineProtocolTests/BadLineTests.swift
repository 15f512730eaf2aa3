import LineProtocol
import Migration
import Testing

@Suite struct BadLineTests {
    let codec = LineCodec()

    private func refusal(_ line: String) -> LineError? {
        #expect(throws: LineError.self) { try codec.decodeRequest(Array(line.utf8)) }
    }

    @Test(arguments: [
        ("", LineError.Code.malformedLine), ("LEASE", .malformedLine), ("LEASE ", .malformedLine), ("LEASE {", .malformedLine),
        ("LEASE {\"count\":}", .malformedLine), ("LEASE {\"count\":1} {}", .malformedLine), ("AUTHORITY x", .malformedLine),
        (" {}", .unknownVerb), ("lease {\"count\":1}", .unknownVerb), ("GET / HTTP/1.1", .unknownVerb), ("EHLO x", .unknownVerb),
        ("LEASE []", .badValue), ("AUTHORITY []", .badValue), ("AUTHORITY 5", .badValue), ("LEASE {}", .badValue),
        ("LEASE {\"count\":\"1\"}", .badValue), ("LEASE {\"count\":1.5}", .badValue), ("LEASE {\"count\":null}", .badValue),
        ("LEASE {\"count\":99999999999999999999}", .badValue),
    ])
    func `A line that cannot be read has a code that says in what way`(line: String, code: LineError.Code) {
        #expect(refusal(line)?.code == code)
    }

    @Test(arguments: [
        ("LEASE {}", "LEASE: count is missing"),
        ("LEASE {\"count\":\"four\"}", "LEASE: count is of the wrong kind"),
        ("LEASE {\"count\":null}", "LEASE: count is null"),
        ("LEASE {\"count\":1.5}", "LEASE: a number is no whole number, or too great"),
        ("LEASE []", "LEASE: the object is of the wrong kind"),
        ("RESULT {\"items\":[{\"grant\":1,\"verdicts\":[{\"verdict\":\"verified\"}]}]}", "RESULT: items.[0].verdicts.[0].instances is missing"),
        (
            "RESULT {\"items\":[{\"grant\":1,\"verdicts\":[{\"instances\":[[2,1]],\"verdict\":\"verified\"}]}]}",
            "RESULT: items.[0].verdicts.[0].instances: ranges are pairs [first,last] in growing order, at most 10000000"
        ),
        (
            "RESULT {\"items\":[{\"grant\":1,\"verdicts\":[{\"instances\":[],\"verdict\":\"KIM\"}]}]}",
            "RESULT: items.[0].verdicts.[0].verdict: no value that it may have"
        ),
        ("INVENTORY {\"grant\":1}", "INVENTORY: the object: carries one of piece, end and abandoned"),
        (
            "INVENTORY {\"grant\":1,\"abandoned\":{\"code\":\"x\",\"arguments\":[]},\"piece\":{\"studies\":[],\"unreadable\":[]},\"number\":0}",
            "INVENTORY: the object: carries one of piece, end and abandoned"
        ),
        (
            "INVENTORY {\"grant\":1,\"piece\":{\"studies\":[],\"unreadable\":[]}}", "INVENTORY: number is missing"
        ),
        (
            "INVENTORY {\"grant\":1,\"abandoned\":{\"code\":\"x\",\"arguments\":[{\"label\":\"a\",\"count\":1}]}}",
            "INVENTORY: abandoned.arguments.[0]: an argument is an object of one known key"
        ),
    ])
    func `The message names the verb and the place`(line: String, message: String) {
        let error = refusal(line)
        #expect(error?.code == .badValue)
        #expect(error?.message == message)
    }

    @Test func `A message never repeats a value`() {
        let secret = "KIMMINSU"
        let lines = [
            "\(secret) {}", "\(secret)", "LEASE {\"count\":\"\(secret)\"}", "LEASE {\"count\":\(secret)}", "LEASE \(secret)",
            "RESULT {\"items\":[{\"grant\":1,\"verdicts\":[{\"instances\":[],\"verdict\":\"\(secret)\"}]}]}",
            "RESULT {\"items\":[{\"grant\":1,\"verdicts\":[{\"instances\":[],\"verdict\":\"failed\",\"category\":\"\(secret)\"}]}]}",
            "BEAT {\"grants\":[],\"drives\":[{\"name\":\"d\",\"state\":\"\(secret)\"}],\"spoolBytes\":0,\"spoolLimit\":0}",
            "INVENTORY {\"grant\":1,\"piece\":{\"studies\":\"\(secret)\",\"unreadable\":[]},\"number\":0}",
            "INVENTORY {\"grant\":1,\"abandoned\":{\"code\":\"x\",\"arguments\":[{\"\(secret)\":1}]}}",
        ]
        for line in lines {
            let error = refusal(line)
            #expect(error != nil)
            #expect(error?.message.contains(secret) == false, "\(line)")
        }
        #expect(refusal("LEASE {\"count\":1912031219120312191203}")?.message.contains("1912") == false)
    }

    @Test(arguments: ["", "OK", "YES {}", "OK {", "OK []", "STALE {}", "ERR {\"code\":\"of-tomorrow\",\"message\":\"x\"}", "ok {}"])
    func `A reply that cannot be read is refused`(line: String) {
        #expect(throws: LineError.self) { try codec.decodeReply(Array(line.utf8), to: .lease) }
    }

    @Test func `A reply to another verb is refused`() {
        #expect(throws: LineError.self) { try codec.decodeReply(Array("OK {\"pieces\":1,\"isClosed\":true}".utf8), to: .lease) }
    }

    @Test func `Deep nesting is refused, not followed`() {
        let deep = String(repeating: "[", count: 30_000) + String(repeating: "]", count: 30_000)
        #expect(refusal("LEASE \(deep)") != nil)
        #expect(refusal("LEASE {\"count\":\(deep)}") != nil)
        #expect(refusal("HELLO {\"x\":\(String(repeating: "{\"a\":", count: 10_000))") != nil)
    }

    @Test func `Bytes that are no UTF-8 are refused`() {
        for bytes in [[0xFF, 0x20, 0x7B, 0x7D], Array("LEASE {\"count\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)] as [[UInt8]] {
            #expect(throws: LineError.self) { try codec.decodeRequest(bytes) }
        }
    }

    @Test func `Random bytes and broken lines are read or refused, never worse`() throws {
        let lines = try Examples.requests.map { try codec.encode($0) } + Examples.replies.map { try codec.encode($0.reply) }
        var refused = 0
        for seed in 1...3000 as ClosedRange<UInt64> {
            var generator = SeededGenerator(state: seed)
            var bytes = lines[Int.random(in: 0..<lines.count, using: &generator)]
            if seed % 4 == 0 {
                bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(Array("{}[]\",:0-e".utf8).randomElement(using: &generator) ?? 0, at: place)
                default: bytes.removeLast(bytes.count - place)
                }
            }
            let verb = Verb.allCases[Int.random(in: 0..<Verb.allCases.count, using: &generator)]
            // What is read can be written again, and is then the same.
            if let request = try? codec.decodeRequest(bytes) {
                #expect(try codec.decodeRequest(codec.encode(request)) == request, "seed \(seed)")
            } else {
                refused += 1
            }
            if (try? codec.decodeReply(bytes, to: verb)) == nil { refused += 1 }
        }
        #expect(refused > 3000)
    }
}
