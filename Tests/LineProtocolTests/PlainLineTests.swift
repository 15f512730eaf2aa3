import Foundation
import LineProtocol
import Migration
import Testing

/// Leases, results and beats, which are written and read by hand, are what their `Codable` conformance makes of them.
struct PlainLineTests {
    private func general(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    private static let results = [
        ResultItem(grant: GrantNumber(1), verdicts: []),
        ResultItem(
            grant: GrantNumber(7),
            verdicts: [
                VerdictGroup(instances: InstanceRanges([0, 1, 5]), verdict: .verified),
                VerdictGroup(instances: InstanceRanges([2]), verdict: .acknowledged, detail: "Ü \"quoted\"\n"),
                VerdictGroup(instances: InstanceRanges([3]), verdict: .failed(.destinationRefused), detail: "C000"),
                VerdictGroup(instances: InstanceRanges([4]), verdict: .failed(.worker)),
            ],
            beyond: ["1.2.3", "1.2.4"], changed: [ChangedElement(tag: "00080050", instances: 3)]),
    ]

    @Test func resultsAreReadAsTheyAreCoded() throws {
        let request = ResultRequest(items: Self.results)
        let line = Array("RESULT ".utf8) + (try general(request))
        #expect(try LineCodec().decodeRequest(line) == .result(request))
        for item in Self.results { #expect(try item.canonicalBytes == general(item)) }
    }

    @Test func leasesAreWrittenAsTheyAreCoded() throws {
        let item = LeaseItem(
            grant: GrantNumber(21), mediumGrant: GrantNumber(16), studyInstanceUID: "1.2.840.1", instances: InstanceRanges([0, 1, 3]),
            coercions: [Coercion(tag: "00100010", value: "Å^B\\", rule: .order)],
            expected: ExpectedStudy(patientID: "P/1", accessionNumber: "A\"1"), destination: "dicom://PACS@127.0.0.1:4242?calling=SKEIN",
            level: .listed, mayHaveBeenSent: true)
        for reply in [
            LeaseReply(items: [Examples.againItem], delay: .seconds(1), sentence: nil),
            LeaseReply(items: [item, item], delay: .seconds(1), sentence: nil),
            LeaseReply(items: [], delay: .seconds(2), sentence: Sentence("no-work", [.count(3), .text("é")])),
        ] {
            #expect(try LineCodec().encode(.lease(reply)) == Array("OK ".utf8) + general(reply))
        }
        let words = ResultReply(items: [
            ResultItemReply(grant: GrantNumber(1), word: .ok), ResultItemReply(grant: GrantNumber(2), word: .stale),
        ])
        #expect(try LineCodec().encode(.result(words)) == Array("OK ".utf8) + general(words))
    }

    @Test func beatsAreReadAsTheyAreCoded() throws {
        let sentence = Sentence("spool-full", [.bytes(1_048_576), .text("Ü \"quoted\"")])
        let progress = [
            GrantProgress(grant: GrantNumber(9), items: 3, bytes: 4096, done: InstanceRanges([0, 1, 5])),
            GrantProgress(grant: GrantNumber(10), items: 0, bytes: 0),
        ]
        let drives = [
            DriveStatus(name: "drive1", label: "1999-CT-003", state: .reading), DriveStatus(name: "drive2", label: nil, state: .empty),
            DriveStatus(name: "drive3", label: "Å", state: .refused, sentence: sentence),
        ]
        for request in [
            BeatRequest(grants: progress, drives: drives, spoolBytes: 1, spoolLimit: Int64.max, paused: sentence),
            BeatRequest(grants: [], drives: [], spoolBytes: 0, spoolLimit: 0),
        ] {
            let line = Array("BEAT ".utf8) + (try general(request))
            #expect(try LineCodec().decodeRequest(line) == .beat(request))
        }
    }

    @Test func repliesToBeatsAreWrittenAsTheyAreCoded() throws {
        let study = "1.2.\"3\\"
        for reply in [
            BeatReply(
                live: [GrantNumber(9), GrantNumber(Int64.max)], stale: [GrantNumber(0)],
                orders: [
                    .drain, .resume, .renew, .erase(mediumGrant: GrantNumber(7), studyInstanceUID: study),
                    .evict(mediumGrant: GrantNumber(8), studyInstanceUID: study),
                ]),
            BeatReply(live: [], stale: [], orders: []),
        ] {
            #expect(try LineCodec().encode(.beat(reply)) == Array("OK ".utf8) + general(reply))
        }
    }
}
