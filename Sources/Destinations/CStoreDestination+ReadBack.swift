internal import DICOM
internal import DICOMNetwork
internal import Foundation
internal import Migration

extension CStoreDestination {
    public func readBack(_ instance: OutgoingInstance, into folder: String) async throws -> Comparison {
        let path = folder + "/" + UUID().uuidString + ".readback"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let received = try await fetch(instance, into: path)
        return Comparison(
            readBack: try FileContent(path: path), as: received.transferSyntaxUID, expected: instance.content,
            as: instance.transferSyntaxUID)
    }

    /// Fetches one instance by C-GET into a file that holds its data set only.
    private func fetch(_ instance: OutgoingInstance, into path: String) async throws -> ReceivedInstance {
        let what = "C-GET from \(address.calledAETitle)"
        do {
            let receiver = try FileReceiver(path: path)
            let outcome = try await Association.with(address, proposing: Self.contexts(for: instance), timeouts: timeouts) {
                try await $0.get(Self.imageQuery(instance), maximumInstances: 1, into: receiver)
            }
            guard let received = await receiver.received, received.sopInstanceUID == instance.sopInstanceUID else {
                throw DestinationError(
                    .verificationFailed, "\(what): the instance did not come, status \(outcome.status)")
            }
            return received
        } catch let error as NetworkError where error.code == .cancelled {
            throw CancellationError()
        } catch {
            throw DestinationError(error, doing: what)
        }
    }

    /// The object's own syntax, and the uncompressed ones for a destination that keeps another.
    private static func contexts(for instance: OutgoingInstance) -> [ProposedContext] {
        let plain = [TransferSyntax.explicitVRLittleEndian.uid, TransferSyntax.implicitVRLittleEndian.uid]
        let syntaxes = [instance.transferSyntaxUID] + plain.filter { $0 != instance.transferSyntaxUID }
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

/// Writes received data sets to one file, the last over the one before.
private actor FileReceiver: InstanceReceiver {
    private let file: FileHandle
    private var current: ReceivedInstance?
    /// The instance that the file holds completely.
    private(set) var received: ReceivedInstance?

    init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw DestinationError(.worker, "cannot create \(path)") }
        self.file = file
    }

    func begin(_ instance: ReceivedInstance) throws {
        current = instance
        received = nil
        try file.truncate(atOffset: 0)
    }

    func receive(_ bytes: ReadBuffer) throws {
        try bytes.withUnsafeReadableBytes { try file.write(contentsOf: $0) }
    }

    func end() throws -> DIMSEStatus {
        received = current
        return .success
    }
}
