internal import DICOM
internal import DICOMNetwork
internal import Foundation
internal import Migration

extension CStoreDestination {
    public func readBack(_ instance: OutgoingInstance, into folder: String) async throws -> Comparison {
        let path = folder + "/" + UUID().uuidString + ".readback"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let received = try await fetch(instance, into: path)
        return try await CopyJudge(instance: instance, transcoder: transcoder).judge(
            try FileContent(path: path), as: received.transferSyntaxUID)
    }

    /// Fetches one instance into a file that holds its data set only: by C-GET, or by C-MOVE where the destination has no C-GET.
    private func fetch(_ instance: OutgoingInstance, into path: String) async throws -> ReceivedInstance {
        let receiver = try FileReceiver(path: path)
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
            } catch let error as NetworkError where [.notAccepted, .aborted, .closed].contains(error.code) {
                // No C-GET, or none for us: Orthanc aborts the association then.
            }
            return (try await move(instance, into: receiver, by: returnPort), "C-MOVE")
        } catch let error as NetworkError where error.code == .cancelled {
            throw CancellationError()
        } catch {
            throw DestinationError(error, doing: "retrieving from \(address.calledAETitle)")
        }
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
