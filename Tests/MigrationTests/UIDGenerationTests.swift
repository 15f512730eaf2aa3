import Foundation
import Migration
import Testing

@Suite("Generations of UIDs") struct UIDGenerationTests {
    @Test("A generation is read as it is written, and what is none is refused")
    func coding() throws {
        let generation = try #require(UIDGeneration(migration: "0123456789abcdef0123456789abcdef", round: 3))
        #expect(generation.rawValue == "0123456789abcdef0123456789abcdef.3")
        #expect(try JSONDecoder().decode(UIDGeneration.self, from: JSONEncoder().encode(generation)) == generation)
        for wrong in ["", "1 2", "x", "A", String(repeating: "1", count: 65)] {
            #expect(UIDGeneration(rawValue: wrong) == nil)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(UIDGeneration.self, from: Data("\"\(wrong)\"".utf8)) }
        }
    }
}
