import LineProtocol
import Migration
import Testing

@Suite struct LimitTests {
    let codec = LineCodec()

    @Test func `The bounds are those of docs/protocol.md`() {
        #expect(LineLimits.lineByteCount == 65_536)
        #expect(LineLimits.itemsPerLine == 16)
        #expect(LineLimits.pipelinedRequests == 64)
        #expect(LineLimits.inventoryPieces == 65_536)
        #expect(LineLimits.protocolVersions == [2, 1])
    }

    /// A lease's values at the limits of their elements, with a name of 64 Han characters in each group.
    @Test func `A full lease of items with long values fits on a line`() throws {
        let uid = String(repeating: "1", count: 64)
        let name = [String](repeating: String(repeating: "金", count: 64), count: 3).joined(separator: "=")
        var item = Examples.item
        item.studyInstanceUID = uid
        item.coercions = ["00080050", "00100010", "00100020", "00100021", "00100030", "00100040", "00321060"].map {
            Coercion(tag: $0, value: Identifying(name), rule: .unspecifiedExam)
        }
        item.coercions = item.coercions.map { coercion in
            var coercion = coercion
            if coercion.tag != "00100010" { coercion.value = Identifying(String(repeating: "金", count: 64)) }
            return coercion
        }
        let reply = LeaseReply(
            items: Array(repeating: item, count: LineLimits.itemsPerLine), delay: .seconds(0), sentence: Examples.sentence)
        #expect(try codec.encode(.lease(reply)).count < LineLimits.lineByteCount)
    }

    @Test func `A result of one item with as many UIDs beyond ours as it may list fits on a line`() throws {
        let beyond = Array(repeating: String(repeating: "1", count: 64), count: ResultItem.beyondLimit)
        let verdicts = VerdictGroup(instances: InstanceRanges(stride(from: 0, to: 6000, by: 2)), verdict: .verified)
        let item = ResultItem(grant: GrantNumber(1), verdicts: [verdicts], beyond: beyond)
        #expect(try codec.encode(.result(ResultRequest(items: [item]))).count < LineLimits.lineByteCount)
    }
}
