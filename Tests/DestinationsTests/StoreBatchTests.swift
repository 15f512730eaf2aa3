import DICOMNetwork
import Testing

@testable import Destinations

/// How instances are split over associations.
@Suite struct StoreBatchTests {
    @Test("More than 128 pairs of SOP class and transfer syntax need several associations, each pair in one")
    func manyContexts() throws {
        let instances = try (0..<300).map { number in
            var instance = try TestObject().outgoing()
            instance.sopClassUID = "1.2.3.\(number % 150)"
            return instance
        }
        let (batches, unsendable) = StoreBatch.batches(of: instances)
        #expect(unsendable.isEmpty)
        #expect(batches.map(\.contexts.count) == [128, 22])
        #expect(batches.map(\.items.count) == [256, 44])
        for batch in batches {
            let proposed = Set(batch.contexts.map(\.abstractSyntaxUID))
            #expect(batch.items.allSatisfy { proposed.contains($0.instance.sopClassUID) })
        }
    }

    @Test("An instance whose SOP class is no UID is set aside, the others go")
    func unsendable() throws {
        var bad = try TestObject().outgoing()
        bad.sopClassUID = String(repeating: "1", count: 65)
        var empty = try TestObject().outgoing()
        empty.transferSyntaxUID = ""
        let (batches, unsendable) = StoreBatch.batches(of: [bad, try TestObject().outgoing(), empty])
        #expect(unsendable == [0, 2])
        #expect(batches.count == 1 && batches[0].items.map(\.place) == [1])
    }
}
