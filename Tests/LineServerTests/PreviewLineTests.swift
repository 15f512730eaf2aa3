import Foundation
import LineProtocol
import LineServer
import Migration
import Previews
import Testing
import Trust

/// Previews from order to file, over real lines.
@Suite("Previews over the line", .timeLimit(.minutes(5))) struct PreviewLineTests {
    private let beat = #"BEAT {"grants":[],"drives":[],"spoolBytes":0,"spoolLimit":1}"#
    private let study = "1.2.840.1"
    /// Two pixels, gray.
    private let png = Data(base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGNg+A8AAQIBAEK+vGgAAAAASUVORK5CYII=")!

    private func hello(_ versions: String, _ custody: String = "") -> String {
        #"HELLO {"versions":[\#(versions)],"program":"test","spool":"s","custody":[\#(custody)]}"#
    }

    /// The only content of an image, as ``read(_:_:)`` says it.
    private func content(_ sopInstanceUID: String) -> ImageContent { ImageContent(sopInstanceUID, digest: String(repeating: "f", count: 64)) }

    /// Lets `peer`, which has greeted, read a study of two images; the grant under which it did.
    private func read(_ peer: LinePeer, _ coordinator: TestCoordinator) async throws -> String {
        try await coordinator.act(.importMedia([ExpectedMedium(label: "CD-1", kind: .cd)]))
        let digest = String(repeating: "f", count: 64)
        let asked = try await peer.ask(
            #"MEDIUM {"drive":"d","label":"CD-1","fingerprint":"\#(digest)","volumeIdentifier":"V","byteCount":1,"fileCount":2,"isOnline":false}"#)
        let grant = try #require(asked?.firstMatch(of: /"grant":(\d+)/)).1
        let instances = (0..<2).map { number in
            #"{"sopInstanceUID":"1.2.840.1.1.\#(number)","sopClassUID":"1.2.840.10008.5.1.4.1.1.2","seriesInstanceUID":"1.2.840.1.1","#
                + #""transferSyntaxUID":"1.2.840.10008.1.2.1","sha256":"\#(digest)","contentDigest":"\#(digest)","byteCount":9,"path":"\#(number)"}"#
        }
        let piece =
            #"{"grant":\#(grant),"number":0,"piece":{"studies":[{"header":{"studyInstanceUID":"1.2.840.1","patient":{"patientID":"P1","issuer":"","#
            + #""name":"DOE^JANE","birthDate":"19700101","sex":"F"},"studyDate":"19990102","studyTime":"","accessionNumber":"","studyDescription":"","#
            + #""modalities":["CT"]},"instances":[\#(instances.joined(separator: ","))]}],"unreadable":[]}}"#
        #expect(try await peer.ask("INVENTORY " + piece)?.hasPrefix("OK ") == true)
        let sum = Digest.hex(Digest.sha256(Digest.sha256(piece.utf8)))
        let end = #"INVENTORY {"grant":\#(grant),"end":{"pieces":1,"digest":"\#(sum)","fileCount":2,"notDICOMCount":0,"findings":[]}}"#
        #expect(try await peer.ask(end)?.contains(#""isClosed":true"#) == true)
        return String(grant)
    }

    private func line(_ grant: String, _ position: Int, _ matter: String) -> String {
        #"PREVIEW {"mediumGrant":\#(grant),"studyInstanceUID":"\#(study)","position":\#(position),\#(matter)}"#
    }

    private var piece: String { #""number":0,"piece":"\#(png.base64EncodedString())""# }
    private var end: String { #""end":{"pieces":1,"byteCount":\#(png.count),"digest":"\#(Digest.hex(Digest.sha256(png)))"}"# }

    private func order(_ grant: String, _ instances: String) -> String {
        #"{"instances":\#(instances),"mediumGrant":\#(grant),"order":"preview","studyInstanceUID":"\#(study)"}"#
    }

    /// The states of the previews, and the codes of the reasons.
    private func states(_ coordinator: TestCoordinator) async throws -> [String] {
        try await coordinator.lookAt(study).images.map { $0.sentence.map { "\($0.code)" } ?? $0.state.rawValue }
    }

    @Test("What a person looks at is ordered, made, kept and shown; after a restart it is there, and the rest is ordered anew")
    func journey() async throws {
        var coordinator = try await TestCoordinator()
        let identity = try await coordinator.enrol("gateway1")
        var peer = try await coordinator.connect(identity)
        _ = try await peer.ask(hello("2,1"))
        let grant = try await read(peer, coordinator)
        #expect(try await states(coordinator) == ["preview-holder-older", "preview-holder-older"])
        _ = try await peer.ask(hello("3,2,1", grant))
        #expect(try await states(coordinator) == ["preview-awaited", "preview-awaited"])
        #expect(try await peer.ask(beat)?.contains(order(grant, "[[0,1]]")) == true)
        #expect(try await peer.ask(line(grant, 1, piece)) == #"OK {"isClosed":false,"pieces":1}"#)
        #expect(try await peer.ask(line(grant, 1, end)) == #"OK {"isClosed":true,"pieces":1}"#)
        #expect(try await states(coordinator) == ["made", "preview-awaited"])
        #expect(await coordinator.previews.picture(of: content("1.2.840.1.1.1"), in: study).map { Data($0) } == png)
        #expect(await coordinator.previews.picture(of: content("1.2.840.1.1.0"), in: study) == nil)

        // The coordinator ends in the middle of the second picture.
        _ = try await peer.ask(line(grant, 0, piece))
        await peer.close()
        await coordinator.stop()
        coordinator = try await TestCoordinator(after: coordinator)
        #expect(try await states(coordinator) == ["made", "preview-holder-away"])
        peer = try await coordinator.connect(identity)
        _ = try await peer.ask(hello("3,2,1", grant))
        #expect(try await peer.ask(line(grant, 0, end)) == "STALE {\"grant\":\(grant)}")
        #expect(try await states(coordinator) == ["made", "preview-awaited"])
        #expect(try await peer.ask(beat)?.contains(order(grant, "[[0,0]]")) == true)

        // The worker is killed in the middle of it.
        _ = try await peer.ask(line(grant, 0, piece))
        await peer.close()
        peer = try await coordinator.connect(identity)
        _ = try await peer.ask(hello("3,2,1", grant))
        #expect(try await peer.ask(line(grant, 0, end)) == "STALE {\"grant\":\(grant)}")
        #expect(try await peer.ask(beat)?.contains(order(grant, "[[0,0]]")) == true)
        _ = try await peer.ask(line(grant, 0, piece))
        #expect(try await peer.ask(line(grant, 0, end)) == #"OK {"isClosed":true,"pieces":1}"#)
        #expect(try await states(coordinator) == ["made", "made"])
        await peer.close()
        await coordinator.stop()
    }

    @Test("Of a copy that gives no picture another one is asked, and a lost one names its medium")
    func copies() async throws {
        let coordinator = try await TestCoordinator()
        let peer = try await coordinator.connect(coordinator.enrol("gateway1"))
        _ = try await peer.ask(hello("3,2,1"))
        let grant = try await read(peer, coordinator)
        try await coordinator.lookAt(study)
        _ = try await peer.ask(beat)
        for position in 0..<2 {
            let failed = #""failed":{"code":"preview-failed","arguments":[{"text":"malformed-pixels: cut"}]}"#
            #expect(try await peer.ask(line(grant, position, failed)) == #"OK {"isClosed":true,"pieces":0}"#)
        }
        #expect(try await states(coordinator) == ["preview-failed", "preview-failed"])
        #expect(try await peer.ask(beat)?.contains("preview") == false)
        // Its spool is lost, and the disc is read again.
        _ = try await peer.ask(hello("3,2,1"))
        let standing = try await coordinator.lookAt(study)
        #expect(standing.images.map(\.state) == [.failed, .failed])
        let again = try await read(peer, coordinator)
        #expect(again != grant)
        #expect(try await states(coordinator) == ["preview-awaited", "preview-awaited"])
        #expect(try await peer.ask(beat)?.contains(order(again, "[[0,1]]")) == true)
        await peer.close()
        await coordinator.stop()
    }

    @Test("Pictures of held studies are made ahead, and go when the study has arrived, or nobody looked at them for a month")
    func upkeep() async throws {
        let coordinator = try await TestCoordinator()
        let identity = try await coordinator.enrol("gateway1")
        let peer = try await coordinator.connect(identity)
        _ = try await peer.ask(hello("3,2,1"))
        let grant = try await read(peer, coordinator)
        guard case .worker(_, let enrolment) = try identity.role() else { throw TestCoordinator.Refused(action: "role") }
        let workers = [PreviewWorker(identity: enrolment.uuid, isConnected: true, makesPreviews: true)]
        let now = SystemClock.reading()
        try await coordinator.previews.keep(among: [], at: now)
        let never = PreviewOffice(in: "/nowhere", of: coordinator.ledger, by: PreviewPolicy(isAhead: false))
        try await never.keep(among: workers, at: now)
        #expect(never.orders(for: enrolment.uuid, at: now).isEmpty)
        #expect(try await peer.ask(beat)?.contains("preview") == false)
        try await coordinator.previews.keep(among: workers, at: now)
        #expect(try await peer.ask(beat)?.contains(order(grant, "[[0,1]]")) == true)
        for matter in [piece, end] { _ = try await peer.ask(line(grant, 0, matter)) }
        try await coordinator.previews.keep(among: workers, at: now)
        #expect(await coordinator.previews.picture(of: content("1.2.840.1.1.0"), in: study) != nil)
        try await coordinator.previews.keep(among: [], at: now + .minutes(31 * 24 * 60))
        #expect(await coordinator.previews.picture(of: content("1.2.840.1.1.0"), in: study) == nil)

        // Made again, and gone when every image is found at the destination.
        _ = try await peer.ask(hello("3,2,1", grant))
        try await coordinator.lookAt(study)
        #expect(try await peer.ask(beat)?.contains(order(grant, "[[0,1]]")) == true)
        for matter in [piece, end] { _ = try await peer.ask(line(grant, 0, matter)) }
        #expect(await coordinator.previews.picture(of: content("1.2.840.1.1.0"), in: study) != nil)
        try await send(peer, coordinator)
        try await coordinator.previews.keep(among: [], at: now)
        #expect(await coordinator.previews.picture(of: content("1.2.840.1.1.0"), in: study) == nil)
        await peer.close()
        await coordinator.stop()
    }

    /// The study finds its order, and is sent.
    private func send(_ peer: LinePeer, _ coordinator: TestCoordinator) async throws {
        let patient = PatientIdentity(patientID: "P1", name: "DOE^JANE", birthDate: "19700101")
        try await coordinator.act(.importOrders([Order(patient: patient, accessionNumber: "A1", examDate: CalendarDate("19990102"), modality: "CT")]))
        let lease = try await peer.ask(#"LEASE {"count":1}"#)
        let part = try #require(lease?.firstMatch(of: /"grant":(\d+)/)).1
        let result = #"{"grant":\#(part),"verdicts":[{"instances":[[0,1]],"verdict":"verified"}],"beyond":[],"changed":[]}"#
        #expect(try await peer.ask(#"RESULT {"items":[\#(result)]}"#)?.contains(#""word":"OK""#) == true)
        #expect(try coordinator.ledger.read { try $0.study(uid: study) }?.progress.state == .verified)
    }

    @Test("A revoked worker's pictures are refused from the next line on")
    func revoked() async throws {
        let coordinator = try await TestCoordinator()
        let peer = try await coordinator.connect(coordinator.enrol("gateway1"))
        _ = try await peer.ask(hello("3,2,1"))
        let grant = try await read(peer, coordinator)
        try await coordinator.lookAt(study)
        _ = try await peer.ask(beat)
        #expect(try await peer.ask(line(grant, 0, piece))?.hasPrefix("OK ") == true)
        try await coordinator.act(.revoke(worker: "gateway1"))
        #expect(try await peer.ask(line(grant, 0, end))?.contains(#""code":"revoked""#) == true)
        #expect(await coordinator.previews.picture(of: content("1.2.840.1.1.0"), in: study) == nil)
        await peer.close()
        await coordinator.stop()
    }
}
