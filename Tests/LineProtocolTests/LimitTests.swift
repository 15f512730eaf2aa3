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
        #expect(LineLimits.protocolVersions == [3, 2, 1])
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

    @Test func `A piece of a preview of as many bytes as it may have fits on a line`() throws {
        let piece = PreviewRequest(
            mediumGrant: GrantNumber(.max), studyInstanceUID: String(repeating: "1", count: 64), position: InstanceRanges.highestPosition,
            matter: .piece(number: 23, [UInt8](repeating: 0xFF, count: LineLimits.previewPieceByteCount)))
        #expect(try codec.encode(.preview(piece)).count < LineLimits.lineByteCount)
        let pieces = (LineLimits.previewByteCount + LineLimits.previewPieceByteCount - 1) / LineLimits.previewPieceByteCount
        #expect(pieces == 24)
    }

    @Test(arguments: ["\"piece\":\"not base64!\"", "\"piece\":\"\"", "\"piece\":\"\(String(repeating: "AAAA", count: 15_019))\""])
    func `A piece that is no base64, or too long, is refused`(matter: String) {
        let line = "PREVIEW {\"mediumGrant\":7,\"studyInstanceUID\":\"1.2\",\"position\":0,\"number\":0,\(matter)}"
        #expect(throws: LineError(.badValue, "PREVIEW: piece: is base64 (RFC 4648) of 1 to 45056 bytes")) { try codec.decodeRequest(Array(line.utf8)) }
    }

    @Test func `A result of one item with as many UIDs beyond ours as it may list fits on a line`() throws {
        let beyond = Array(repeating: String(repeating: "1", count: 64), count: ResultItem.beyondLimit)
        let verdicts = VerdictGroup(instances: InstanceRanges(stride(from: 0, to: 6000, by: 2)), verdict: .verified)
        let item = ResultItem(grant: GrantNumber(1), verdicts: [verdicts], beyond: beyond)
        #expect(try codec.encode(.result(ResultRequest(items: [item]))).count < LineLimits.lineByteCount)
    }
}
