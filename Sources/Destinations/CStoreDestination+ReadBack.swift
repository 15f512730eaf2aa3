internal import DICOM
internal import DICOMNetwork
internal import Foundation
internal import Migration

extension CStoreDestination {
    public func readBack(_ instance: OutgoingInstance, into folder: String) async throws -> Comparison {
        let path = folder + "/" + UUID().uuidString + ".readback"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let received = try await fetch(instance, into: path)
        var own = instance
        own.content = instance.content.forOneReader()
        return try await CopyJudge(instance: own, transcoder: transcoder).judge(
            try FileContent(path: path), as: received.transferSyntaxUID)
    }

    /// Fetches one instance into a file that holds its data set only: by C-GET, or by C-MOVE where the destination has no C-GET.
    private func fetch(_ instance: OutgoingInstance, into path: String) async throws -> ReceivedInstance {
        let limit = CopyLimit.byteCount(of: instance.content, transferSyntaxUID: instance.transferSyntaxUID)
        let receiver = try FileReceiver(path: path, limit: limit)
        let (status, service) = try await retrieve(instance, into: receiver)
        guard let received = await receiver.received, received.sopInstanceUID == instance.sopInstanceUID else {
            throw DestinationError(
                .verificationFailed, "\(service) from \(address.calledAETitle): the instance did not come, status \(status)")
        }
        return received
    }

    private func retrieve(_ instance: OutgoingInstance, into receiver: FileReceiver) async throws -> (DIMSEStatus, service: String) {
        do {
            guard let returnPort else { return (try await get(instance, into: receiver), "C-GET") }
            do {
                let status = try await get(instance, into: receiver)
                if await receiver.received != nil { return (status, "C-GET") }
            } catch let error as NetworkError where [.notAccepted, .aborted, .closed, .violation].contains(error.code) {
                // No C-GET, or none for us: Orthanc aborts the association then. Or one that breaks PS3.7: a peer that sends without the role of an SCU.
            }
            try await checkLength(of: receiver)
            let status = try await move(instance, into: receiver, by: returnPort)
            try await checkLength(of: receiver)
            return (status, "C-MOVE")
        } catch let error as NetworkError where error.code == .cancelled {
            throw CancellationError()
        } catch {
            try await checkLength(of: receiver)
            throw DestinationError(error, doing: "retrieving from \(address.calledAETitle)")
        }
    }

    /// A copy that is longer than it can be is no copy.
    private func checkLength(of receiver: FileReceiver) async throws {
        guard await receiver.hasOverflowed else { return }
        throw DestinationError(
            .verificationFailed, "\(address.calledAETitle) sends an instance of more than \(receiver.limit) bytes, the most that a copy of ours can have")
    }

    private func get(_ instance: OutgoingInstance, into receiver: FileReceiver) async throws -> DIMSEStatus {
        let query = try Self.imageQuery(instance)
        return try await Association.with(
            address, proposing: contexts(for: instance), timeouts: timeouts, security: security
        ) { try await $0.get(query, maximumInstances: 1, into: receiver).status }
    }

    private func move(_ instance: OutgoingInstance, into receiver: FileReceiver, by port: ReturnPort) async throws -> DIMSEStatus {
        let query = try Self.imageQuery(instance)
        let title = address.callingAETitle
        return try await Association.with(
            address, proposing: [QueryModel.studyRootMove.proposedContext], timeouts: timeouts, security: security
        ) { association in
            try await port.receive(instance.sopInstanceUID, into: receiver, within: polling.total) {
                try await association.move(query, to: title).status
            }
        }
    }

    /// The object's own syntax, and for a destination that keeps another the uncompressed ones and those without loss that can be decompressed.
    private func contexts(for instance: OutgoingInstance) -> [ProposedContext] {
        let others = [TransferSyntax.explicitVRLittleEndian.uid, TransferSyntax.implicitVRLittleEndian.uid] + transcoder.losslessCompressions
        let syntaxes = [instance.transferSyntaxUID] + others.filter { $0 != instance.transferSyntaxUID }
        return [QueryModel.studyRootGet.proposedContext]
            + syntaxes.map { ProposedContext(instance.sopClassUID, transferSyntaxUIDs: [$0], isReceiving: true) }
    }

    private static func imageQuery(_ instance: OutgoingInstance) throws -> DataSet {
        var query = DataSet()
        try query.set(.queryRetrieveLevel, "IMAGE")
        try query.set(.studyInstanceUID, instance.studyInstanceUID)
        try query.set(.seriesInstanceUID, instance.seriesInstanceUID)
        try query.set(.sopInstanceUID, instance.sopInstanceUID)
        return query
    }
}
