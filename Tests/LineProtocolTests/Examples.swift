import LineProtocol
import Migration

/// One message of each kind, and of each matter where a verb has several, with every key that it may have.
enum Examples {
    static let patient = PatientIdentity(
        patientID: "00012345", issuer: "SEVERANCE", name: "KIM^MINSU=金^民秀=김^민수", birthDate: "19500312", sex: "M")
    static let header = StudyHeader(
        studyInstanceUID: "1.2.3", patient: patient, studyDate: "19990312", studyTime: "093000", accessionNumber: "A1",
        studyDescription: "Chest", modalities: ["CT", "SR"])
    static let instance = InstanceRecord(
        sopInstanceUID: "1.2.3.4", sopClassUID: "1.2.840.10008.5.1.4.1.1.2", seriesInstanceUID: "1.2.3.5",
        transferSyntaxUID: "1.2.840.10008.1.2.1", sha256: "aa", contentDigest: "bb", byteCount: 525_312, path: "DICOM/IM1")
    static let piece = InventoryPiece(
        studies: [StudyInventory(header: header, instances: [instance])],
        unreadable: [UnreadableFile(path: "DICOM/IM2", code: "cut", detail: "ends in PixelData", studyInstanceUID: "1.2.3")])
    static let coercion = Coercion(tag: "00080050", value: "A1", rule: .order)
    static let item = LeaseItem(
        grant: GrantNumber(9), mediumGrant: GrantNumber(7), studyInstanceUID: "1.2.3", instances: InstanceRanges([0, 1, 4]),
        coercions: [coercion], expected: ExpectedStudy(patientID: "00012345", accessionNumber: "A1"),
        destination: "dicom://PACS@127.0.0.1:4242?calling=SKEIN", level: .listed, mayHaveBeenSent: true)
    static let againItem = {
        var again = item
        again.round = 2
        again.uids = UIDGeneration(migration: "0123456789abcdef", round: 2)
        return again
    }()
    static let staging = Staging(isEncrypted: true, key: SpoolKey((0..<32).map { UInt8($0) })!)
    static let sentence = Sentence("spool-full", [.bytes(1_048_576)])

    static let requests: [Request] = [
        .authority,
        .enrol(EnrolRequest(secret: "s3cret", signingRequest: "-----BEGIN CERTIFICATE REQUEST-----\n")),
        .hello(HelloRequest(versions: [2, 1], program: "skein-worker 0.1.0", spool: "f00d", custody: [GrantNumber(7)])),
        .beat(
            BeatRequest(
                grants: [GrantProgress(grant: GrantNumber(9), items: 3, bytes: 4096, done: InstanceRanges([0, 1, 2]))],
                drives: [DriveStatus(name: "drive1", label: "1999-CT-003", state: .reading)], spoolBytes: 1, spoolLimit: 2,
                paused: sentence)),
        .beat(
            BeatRequest(
                grants: [], drives: [DriveStatus(name: "drive1", label: nil, state: .refused, sentence: sentence)], spoolBytes: 0,
                spoolLimit: 2)),
        .medium(
            MediumRequest(
                drive: "drive1", label: "1999-CT-003", fingerprint: "cc", volumeIdentifier: "CDROM", byteCount: 681_574_400,
                fileCount: 1300, isOnline: false)),
        .inventory(InventoryRequest(grant: GrantNumber(7), matter: .piece(number: 0, piece))),
        .inventory(
            InventoryRequest(
                grant: GrantNumber(7),
                matter: .end(InventoryEnd(pieces: 1, digest: "dd", fileCount: 1300, notDICOMCount: 12, findings: [sentence])))),
        .inventory(InventoryRequest(grant: GrantNumber(7), matter: .abandoned(sentence))),
        .lease(LeaseRequest(count: 4)),
        .result(
            ResultRequest(items: [
                ResultItem(
                    grant: GrantNumber(9),
                    verdicts: [
                        VerdictGroup(instances: InstanceRanges([0, 1]), verdict: .verified),
                        VerdictGroup(instances: InstanceRanges([3]), verdict: .acknowledged),
                        VerdictGroup(instances: InstanceRanges([4]), verdict: .failed(.destinationRefused), detail: "A700"),
                    ],
                    beyond: ["1.2.9"], changed: [ChangedElement(tag: "00080050", instances: 2)])
            ])),
        .renew(RenewRequest(signingRequest: "-----BEGIN CERTIFICATE REQUEST-----\n")),
        .inventory(
            InventoryRequest(
                grant: GrantNumber(7),
                matter: .end(
                    InventoryEnd(
                        pieces: 1, digest: "dd", fileCount: 9, notDICOMCount: 0, findings: [],
                        assumed: .init(characterSet: "ISO 2022 IR 149", objects: 7))))),
        .members(MembersRequest(grant: GrantNumber(9), after: "1.2.3.4")),
        .preview(preview(.piece(number: 1, [0x89, 0x50, 0xFF, 0]))),
        .preview(preview(.end(PreviewEnd(pieces: 2, byteCount: 70_000, digest: "ff")))),
        .preview(preview(.failed(Sentence(.previewFailed, [.text("no-pixels: The object holds no pixels")])))),
    ]

    static func preview(_ matter: PreviewRequest.Matter) -> PreviewRequest {
        PreviewRequest(mediumGrant: GrantNumber(7), studyInstanceUID: "1.2.3", position: 4, matter: matter)
    }

    static let replies: [(verb: Verb, reply: Reply)] = [
        (.authority, .authority(AuthorityReply(certificate: "-----BEGIN CERTIFICATE-----\n", sha256: "ee"))),
        (.enrol, .enrol(EnrolReply(worker: "gw1", certificate: "a", authority: "b"))),
        (.hello, .hello(HelloReply(version: 1, worker: "gw1", term: .seconds(30), beat: .seconds(10)))),
        (
            .beat,
            .beat(
                BeatReply(
                    live: [GrantNumber(9)], stale: [GrantNumber(8)],
                    orders: [.drain, .resume, .erase(mediumGrant: GrantNumber(7), studyInstanceUID: "1.2.3"), .renew]))
        ),
        (.medium, .medium(MediumReply(grant: GrantNumber(7), sentence: Sentence("medium-granted", [.label("A"), .worker("gw1")])))),
        (.medium, .medium(MediumReply(grant: nil, sentence: Sentence("label-unknown", [.label("A")])))),
        (.inventory, .inventory(InventoryReply(pieces: 1, isClosed: true))),
        (.lease, .lease(LeaseReply(items: [item], delay: .seconds(0), sentence: nil))),
        (.lease, .lease(LeaseReply(items: [], delay: .seconds(5), sentence: Sentence("no-work")))),
        (
            .result,
            .result(
                ResultReply(items: [
                    ResultItemReply(grant: GrantNumber(9), word: .ok), ResultItemReply(grant: GrantNumber(8), word: .stale),
                ]))
        ),
        (.renew, .renew(RenewReply(authorities: ["a", "b"], certificate: "c"))),
        (.result, .stale(GrantNumber(17))),
        (.beat, .error(LineError(.ledgerUnavailable, "the ledger cannot be written: say it again later"))),
        (.hello, .hello(HelloReply(version: 2, worker: "gw1", term: .seconds(30), beat: .seconds(10), staging: staging))),
        (
            .beat,
            .beat(
                BeatReply(
                    live: [], stale: [],
                    orders: [.preview(mediumGrant: GrantNumber(7), studyInstanceUID: "1.2.3", instances: InstanceRanges([0, 1, 4]))]))
        ),
        (.preview, .preview(PreviewReply(pieces: 2, isClosed: true))),
        (.members, .members(MembersReply(uids: ["1.2.3", "1.2.3.5"], isWhole: false))),
        (.lease, .lease(LeaseReply(items: [againItem], delay: .seconds(0), sentence: nil))),
        (.preview, .error(LineError(.previewMismatch, "PREVIEW: the end says 3 pieces; 2 are there"))),
    ]
}

/// SplitMix64, seeded.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
