import Foundation
import Migration
import Testing

@Suite struct SentenceCodingTests {
    @Test(arguments: [
        (SentenceArgument.label("1999-CT-003"), #"{"label":"1999-CT-003"}"#),
        (.worker("gw1"), #"{"worker":"gw1"}"#),
        (.study("1.2"), #"{"study":"1.2"}"#),
        (.accession("A1"), #"{"accession":"A1"}"#),
        (.count(3), #"{"count":3}"#),
        (.bytes(4096), #"{"bytes":4096}"#),
        (.interval(.seconds(5)), #"{"interval":5000}"#),
        (.instant(Instant(milliseconds: 7)), #"{"instant":7}"#),
        (.text("spool-full"), #"{"text":"spool-full"}"#),
        (.patient("KIM^MINSU"), #"{"patient":"KIM^MINSU"}"#),
    ])
    func `Each kind of argument is an object of one key`(argument: SentenceArgument, text: String) throws {
        #expect(String(decoding: try JSONEncoder().encode(argument), as: UTF8.self) == text)
        #expect(try JSONDecoder().decode(SentenceArgument.self, from: Data(text.utf8)) == argument)
    }

    @Test(arguments: ["{}", #"{"other":1}"#, #"{"label":"a","count":1}"#, #"{"count":"3"}"#, "[]"])
    func `What is no object of one known key is refused`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(SentenceArgument.self, from: Data(text.utf8)) }
    }

    @Test func `A sentence is its code and its arguments in order`() throws {
        let sentence = Sentence("several-orders", [.count(2), .accession("A1"), .accession("A2")])
        let text = #"{"arguments":[{"count":2},{"accession":"A1"},{"accession":"A2"}],"code":"several-orders"}"#
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        #expect(String(decoding: try encoder.encode(sentence), as: UTF8.self) == text)
        #expect(try JSONDecoder().decode(Sentence.self, from: Data(text.utf8)) == sentence)
    }
}
