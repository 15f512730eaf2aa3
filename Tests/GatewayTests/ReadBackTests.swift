import Destinations
import DICOM
@testable import Gateway
import LineProtocol
import Migration
import Synchronization
import Testing

/// What was at the destination before, and what it took with a warning, counts as far as it is read back (law 4).
@Suite struct ReadBackTests {
    @Test func `an instance that was there before counts only when it reads back equal`() async throws {
        let office = try await Office()
        let uid = office.records[1].sopInstanceUID
        office.pacs.state.withLock { $0.present = [uid] }
        let equal = await office.send(office.item())
        #expect(positions(equal, .verified) == [0, 1, 2])
        #expect(office.pacs.state.withLock { $0.readBack } == [uid])
        #expect(office.pacs.state.withLock { $0.stored.map(\.sopInstanceUID).contains(uid) } == false)
    }

    @Test func `an instance that was there before and differs is an exception that names the elements`() async throws {
        let office = try await Office()
        office.pacs.state.withLock { $0.present = [office.records[1].sopInstanceUID]; $0.comparison = .different([.patientName]) }
        let result = await office.send(office.item())
        #expect(positions(result, .failed(.presentBefore)) == [1])
        #expect(positions(result, .verified) == [0, 2])
        #expect(result.verdicts.first { $0.verdict == .failed(.presentBefore) }?.detail.contains("(0010,0010)") == true)
    }

    @Test func `an instance that came after our first look is sent again where nothing can be read back`() async throws {
        let office = try await Office()
        let uid = office.records[0].sopInstanceUID
        office.pacs.state.withLock { $0.verdicts[uid] = .failed(.destinationUnreachable, detail: "cut") }
        let first = await office.send(office.item())
        #expect(positions(first, .failed(.destinationUnreachable)) == [0])
        office.pacs.state.withLock { $0.present = [uid]; $0.verdicts = [:]; $0.readBackError = DestinationError(.notAccepted, "no C-GET") }
        let second = await office.send(office.item())
        #expect(positions(second, .verified) == [0, 1, 2])
    }

    @Test func `an instance that was there before our first look and cannot be read back is an exception`() async throws {
        let office = try await Office()
        office.pacs.state.withLock {
            $0.present = [office.records[0].sopInstanceUID]
            $0.readBackError = DestinationError(.notAccepted, "no C-GET")
        }
        let result = await office.send(office.item())
        #expect(positions(result, .failed(.presentBefore)) == [0])
    }

    @Test func `an instance that came after our first look is sent again where the copy cannot be compared`() async throws {
        let office = try await Office()
        let uid = office.records[0].sopInstanceUID
        office.pacs.state.withLock { $0.verdicts[uid] = .failed(.destinationUnreachable, detail: "cut") }
        #expect(positions(await office.send(office.item()), .failed(.destinationUnreachable)) == [0])
        office.pacs.state.withLock { $0.present = [uid]; $0.verdicts = [:]; $0.comparison = .notComparable("in another transfer syntax") }
        let second = await office.send(office.item())
        #expect(office.pacs.state.withLock(\.readBack) == [uid])
        #expect(office.pacs.state.withLock { $0.stored.count { $0.sopInstanceUID == uid } } == 2)
        #expect(positions(second, .verified) == [0, 1, 2])
    }

    @Test func `an instance that was there before our first look and cannot be compared is an exception that says why`() async throws {
        let office = try await Office()
        let uid = office.records[0].sopInstanceUID
        office.pacs.state.withLock { $0.present = [uid]; $0.comparison = .notComparable("in another transfer syntax") }
        // At the next attempt it is foreign still.
        for _ in 1...2 {
            let result = await office.send(office.item())
            #expect(positions(result, .failed(.presentBefore)) == [0])
            #expect(positions(result, .verified) == [1, 2])
            #expect(result.verdicts.first { $0.instances.contains(0) }?.detail == "in another transfer syntax")
        }
        #expect(office.pacs.state.withLock { $0.stored.contains { $0.sopInstanceUID == uid } } == false)
    }

    @Test func `a warning of the destination is told, and what it took so is read back`() async throws {
        let office = try await Office()
        let uid = office.records[1].sopInstanceUID
        office.pacs.state.withLock { $0.verdicts[uid] = .acknowledged(warning: "warning B000") }
        let result = await office.send(office.item())
        #expect(office.pacs.state.withLock(\.readBack) == [uid])
        #expect(positions(result, .verified) == [0, 1, 2])
        #expect(result.verdicts.first { $0.instances.contains(1) }?.detail == "warning B000")
        #expect(result.verdicts.first { $0.instances.contains(0) }?.detail == "")
    }

    @Test func `what the destination changed with a warning is an exception that names the elements`() async throws {
        let office = try await Office()
        let uid = office.records[1].sopInstanceUID
        office.pacs.state.withLock { $0.verdicts[uid] = .acknowledged(warning: "warning B000"); $0.comparison = .different([.patientName]) }
        let result = await office.send(office.item())
        #expect(positions(result, .failed(.verificationFailed)) == [1])
        #expect(positions(result, .verified) == [0, 2])
        let detail = result.verdicts.first { $0.instances.contains(1) }?.detail ?? ""
        #expect(detail.contains("B000") && detail.contains("(0010,0010)"))
        #expect(await office.journal.history(of: PartSender.key(of: office.item())).acknowledged.contains(1) == false)
        // At the next attempt it is there, and still ours: nothing foreign was there before.
        office.pacs.state.withLock { $0.present = [uid] }
        #expect(positions(await office.send(office.item()), .failed(.verificationFailed)) == [1])
    }

    @Test func `a copy with the same pixels in another transfer syntax counts, and what differs in it is told`() async throws {
        let office = try await Office()
        let (before, warned) = (office.records[0].sopInstanceUID, office.records[1].sopInstanceUID)
        office.pacs.state.withLock {
            $0.present = [before]
            $0.verdicts[warned] = .acknowledged(warning: "warning B000")
            $0.comparison = .equivalent([.photometricInterpretation], transferSyntaxUID: "1.2.840.10008.1.2.1")
        }
        let result = await office.send(office.item())
        #expect(positions(result, .verified) == [0, 1, 2])
        for position in 0...1 {
            let detail = result.verdicts.first { $0.instances.contains(position) }?.detail ?? ""
            #expect(detail.contains("1.2.840.10008.1.2.1") && detail.contains("(0028,0004)"), "\(detail)")
        }
    }

    @Test func `elements that changed with the transfer syntax are counted among the declared changes`() async throws {
        let office = try await Office()
        office.pacs.state.withLock {
            $0.verdicts[office.records[1].sopInstanceUID] = .acknowledged(warning: "", changed: [.photometricInterpretation])
            $0.verdicts[office.records[2].sopInstanceUID] = .acknowledged(warning: "warning B007", changed: [.photometricInterpretation])
        }
        let result = await office.send(office.item())
        #expect(positions(result, .verified) == [0, 1, 2])
        #expect(result.changed.map(\.tag) == ["00080050", "00280004"])
        #expect(result.changed.map(\.instances) == [3, 2])
    }

    @Test func `elements that changed with the transfer syntax are counted after a restart too`() async throws {
        let office = try await Office()
        let uids = office.records.map(\.sopInstanceUID)
        office.pacs.state.withLock {
            $0.verdicts[uids[0]] = .acknowledged(warning: "", changed: [.photometricInterpretation])
            $0.verdicts[uids[1]] = .acknowledged(warning: "warning B007", changed: [.photometricInterpretation])
            $0.verdicts[uids[2]] = .failed(.destinationUnreachable, detail: "cut")
        }
        let first = await office.send(office.item())
        #expect(first.changed.map(\.instances) == [2, 2])
        // The worker reads its journal again; the third one's acknowledgement was lost, and it was written anew.
        office.pacs.state.withLock { $0.present = Set(uids); $0.comparison = .transcoded([.photometricInterpretation, .lossyImageCompression]) }
        let second = await office.send(office.item(), journal: try office.reopenedJournal())
        #expect(office.pacs.state.withLock { $0.stored.count } == 3)
        #expect(positions(second, .verified) == [0, 1, 2])
        #expect(second.changed.map(\.tag) == ["00080050", "00280004", "00282110"])
        #expect(second.changed.map(\.instances) == [3, 3, 1])
    }

    @Test func `what was taken with a warning and cannot be read back is verified by listing, its detail says so`() async throws {
        let office = try await Office()
        let uid = office.records[1].sopInstanceUID
        office.pacs.state.withLock {
            $0.verdicts[uid] = .acknowledged(warning: "warning B006")
            $0.readBackError = DestinationError(.notAccepted, "no C-GET")
        }
        let result = await office.send(office.item())
        #expect(positions(result, .verified) == [0, 1, 2])
        #expect(result.verdicts.first { $0.instances.contains(1) }?.detail.contains("warning B006, cannot be read back") == true)
    }

    @Test(arguments: [ExceptionCategory.destinationUnreachable, .associationRejected])
    func `what was taken with a warning is read back by the next lease when the destination has gone meanwhile`(category: ExceptionCategory) async throws {
        let office = try await Office()
        let uid = office.records[1].sopInstanceUID
        office.pacs.state.withLock {
            $0.verdicts[uid] = .acknowledged(warning: "warning B000")
            $0.readBackError = DestinationError(category, "nobody answers")
        }
        let first = await office.send(office.item())
        #expect(positions(first, .failed(category)) == [1])
        #expect(positions(first, .verified) == [0, 2])
        #expect(first.verdicts.first { $0.instances.contains(1) }?.detail == "warning B000, not read back yet: nobody answers")
        #expect(await office.journal.history(of: PartSender.key(of: office.item())).acknowledged == InstanceRanges([0, 2]))
        office.pacs.state.withLock { $0.present = [uid]; $0.readBackError = nil }
        let second = await office.send(office.item())
        #expect(office.pacs.state.withLock(\.readBack) == [uid])
        #expect(office.pacs.state.withLock { $0.stored.count { $0.sopInstanceUID == uid } } == 1)
        #expect(positions(second, .verified) == [0, 1, 2])
    }
}
