import LineProtocol
import Migration
import Testing

/// The shapes of docs/protocol.md, as a person would type them.
@Suite struct ShapeTests {
    let codec = LineCodec()

    private func request(_ line: String) throws -> Request { try codec.decodeRequest(Array(line.utf8)) }

    private func written(_ request: Request) throws -> String { text(try codec.encode(request)) }

    private func written(_ reply: Reply) throws -> String { text(try codec.encode(reply)) }

    @Test func `Requests have the documented shapes`() throws {
        #expect(try written(.authority) == "AUTHORITY {}")
        #expect(
            try written(Examples.requests[2])
                == #"HELLO {"custody":[7],"program":"skein-worker 0.1.0","spool":"f00d","versions":[2,1]}"#)
        #expect(
            try written(Examples.requests[3])
                == #"BEAT {"drives":[{"label":"1999-CT-003","name":"drive1","state":"reading"}],"#
                + #""grants":[{"bytes":4096,"done":[[0,2]],"grant":9,"items":3}],"#
                + #""paused":{"arguments":[{"bytes":1048576}],"code":"spool-full"},"spoolBytes":1,"spoolLimit":2}"#)
        #expect(try written(.lease(LeaseRequest(count: 4))) == #"LEASE {"count":4}"#)
        #expect(
            try written(Examples.requests[10])
                == #"RESULT {"items":[{"beyond":["1.2.9"],"changed":[{"instances":2,"tag":"00080050"}],"grant":9,"verdicts":["#
                + #"{"instances":[[0,1]],"verdict":"verified"},{"instances":[[3,3]],"verdict":"acknowledged"},"#
                + #"{"category":"destination-refused","detail":"A700","instances":[[4,4]],"verdict":"failed"}]}]}"#)
    }

    @Test func `An inventory line carries its piece, its end or that it was abandoned`() throws {
        let empty = InventoryPiece(studies: [], unreadable: [])
        #expect(
            try written(.inventory(InventoryRequest(grant: GrantNumber(7), matter: .piece(number: 2, empty))))
                == #"INVENTORY {"grant":7,"number":2,"piece":{"studies":[],"unreadable":[]}}"#)
        #expect(
            try written(Examples.requests[7])
                == #"INVENTORY {"end":{"digest":"dd","fileCount":1300,"findings":[{"arguments":[{"bytes":1048576}],"code":"spool-full"}],"#
                + #""notDICOMCount":12,"pieces":1},"grant":7}"#)
        let end = InventoryEnd(
            pieces: 1, digest: "dd", fileCount: 9, notDICOMCount: 0, findings: [], assumed: .init(characterSet: "ISO 2022 IR 149", objects: 7))
        #expect(
            try written(.inventory(InventoryRequest(grant: GrantNumber(7), matter: .end(end))))
                == #"INVENTORY {"end":{"assumed":{"characterSet":"ISO 2022 IR 149","objects":7},"digest":"dd","fileCount":9,"findings":[],"#
                + #""notDICOMCount":0,"pieces":1},"grant":7}"#)
        #expect(
            try written(Examples.requests[8])
                == #"INVENTORY {"abandoned":{"arguments":[{"bytes":1048576}],"code":"spool-full"},"grant":7}"#)
    }

    @Test func `Replies have the documented shapes`() throws {
        #expect(try written(.stale(GrantNumber(17))) == #"STALE {"grant":17}"#)
        #expect(
            try written(.error(LineError(.badValue, "LEASE: count is missing")))
                == #"ERR {"code":"bad-value","message":"LEASE: count is missing"}"#)
        #expect(
            try written(Examples.replies[3].reply)
                == #"OK {"live":[9],"orders":[{"order":"drain"},{"order":"resume"},"#
                + #"{"mediumGrant":7,"order":"erase","studyInstanceUID":"1.2.3"},{"order":"renew"}],"stale":[8]}"#)
        #expect(
            try written(Examples.replies[7].reply)
                == #"OK {"delay":0,"items":[{"coercions":[{"rule":"order","tag":"00080050","value":"A1"}],"#
                + #""destination":"dicom://PACS@127.0.0.1:4242?calling=SKEIN","expected":{"accessionNumber":"A1","patientID":"00012345"},"#
                + #""grant":9,"instances":[[0,1],[4,4]],"level":"listed","mayHaveBeenSent":true,"mediumGrant":7,"studyInstanceUID":"1.2.3"}]}"#
        )
        #expect(
            try written(Examples.replies[9].reply) == #"OK {"items":[{"grant":9,"word":"OK"},{"grant":8,"word":"STALE"}]}"#)
    }

    @Test func `No shape is one that only a compiler would write`() throws {
        let lines = try Examples.requests.map(written) + Examples.replies.map { try written($0.reply) }
        for line in lines { #expect(!line.contains(#""_0""#), "\(line)") }
    }

    @Test func `What may be left out may be left out, or null, and unknown keys do not count`() throws {
        let bare = try request(#"BEAT {"grants":[],"drives":[{"name":"d","state":"empty"}],"spoolBytes":0,"spoolLimit":1}"#)
        let full = try request(
            #"BEAT {"grants":[],"drives":[{"name":"d","state":"empty","label":null,"sentence":null}],"spoolBytes":0,"spoolLimit":1,"paused":null,"mood":"fine"}"#
        )
        #expect(bare == full)
        #expect(
            try request(#"RESULT {"items":[{"grant":1,"verdicts":[{"instances":[],"verdict":"verified"}],"beyond":[],"changed":[]}]}"#)
                == .result(
                    ResultRequest(items: [
                        ResultItem(grant: GrantNumber(1), verdicts: [VerdictGroup(instances: InstanceRanges(), verdict: .verified)])
                    ])))
    }

    @Test func `Spaces and a CR that a person's terminal adds do not count`() throws {
        #expect(try request("LEASE   { \"count\" : 4 } \r") == .lease(LeaseRequest(count: 4)))
        #expect(try request("AUTHORITY {\"any\":1}") == .authority)
    }
}
