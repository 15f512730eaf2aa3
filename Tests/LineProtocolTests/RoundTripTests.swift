import LineProtocol
import Migration
import Testing

@Suite struct RoundTripTests {
    let codec = LineCodec()

    @Test func `Each request is read as it was written`() throws {
        for request in Examples.requests {
            let line = try codec.encode(request)
            #expect(try codec.decodeRequest(line) == request, "\(request.verb)")
            #expect(text(line).hasPrefix(request.verb.rawValue + " {"))
            #expect(!line.contains(UInt8(ascii: "\n")))
        }
    }

    @Test func `Each reply is read as it was written`() throws {
        for (verb, reply) in Examples.replies {
            let line = try codec.encode(reply)
            #expect(try codec.decodeReply(line, to: verb) == reply, "\(verb)")
            #expect(!line.contains(UInt8(ascii: "\n")))
        }
    }

    @Test func `There is an example of each verb`() {
        #expect(Set(Examples.requests.map(\.verb)) == Set(Verb.allCases))
        #expect(Set(Examples.replies.map(\.verb)) == Set(Verb.allCases))
    }

    @Test func `A line is always written with the same bytes`() throws {
        for request in Examples.requests { #expect(try codec.encode(request) == codec.encode(request)) }
    }

    @Test func `Strangers are answered two verbs`() {
        #expect(Verb.allCases.filter(\.isOpenToStrangers) == [.authority, .enrol])
    }

    @Test func `A file's path and a patient's name may have any characters`() throws {
        let strange = "a \"quoted\" \\ path\u{0}\u{1F}/\r\n\t김=金 \u{1F9EA}\u{2028}"
        var piece = Examples.piece
        piece.studies[0].instances[0].path = strange
        piece.studies[0].header.patient.name = Identifying(strange)
        let request = Request.inventory(InventoryRequest(grant: GrantNumber(1), matter: .piece(number: 3, piece)))
        let line = try codec.encode(request)
        #expect(!line.contains(UInt8(ascii: "\n")))
        #expect(try codec.decodeRequest(line) == request)
    }
}
