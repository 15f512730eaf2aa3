internal import DICOM
internal import DICOMNetwork
internal import Migration
internal import Synchronization

/// An instance that is being written in a transfer syntax that the peer takes, while others are sent and answered.
struct StoreWriting: Sendable {
    let item: StoreItem
    private let task: Task<WrittenInstance?, any Error>
    private let state = State()

    private final class State: Sendable {
        let isOver = Atomic(false)
    }

    /// Begins once one more may be sent.
    init(_ item: StoreItem, as transferSyntaxUID: String, for destination: CStoreDestination, mayStart: @escaping SendPermission) {
        self.item = item
        task = Task { [state] in
            defer { state.isOver.store(true, ordering: .releasing) }
            guard await mayStart() else { return nil }
            try Task.checkCancellation()
            return try await Self.written(item.instance, as: transferSyntaxUID, for: destination)
        }
    }

    /// Whether ``result()`` is there.
    var isOver: Bool { state.isOver.load(ordering: .acquiring) }

    /// The item with what was written of it; nil when no more may be sent. Cancelling who waits cancels the writing.
    func result() async throws -> (item: StoreItem, written: WrittenInstance)? {
        let written = try await withTaskCancellationHandler { try await task.value } onCancel: { task.cancel() }
        guard let written else { return nil }
        return (keeping(written), written)
    }

    /// Waits for its end, which comes sooner if nobody wants it or who waits is cancelled; gives the item with what was written of it, if that is whole.
    ///
    /// - Throws: Why it cannot be written, unless it was cancelled.
    func end(isWanted: Bool) async throws -> StoreItem {
        if !isWanted { task.cancel() }
        do {
            return keeping(try await withTaskCancellationHandler { try await task.value } onCancel: { task.cancel() })
        } catch where task.isCancelled {
            return item
        }
    }

    private func keeping(_ written: WrittenInstance?) -> StoreItem {
        var item = item
        item.written = written
        return item
    }

    private static func written(
        _ instance: OutgoingInstance, as other: String, for destination: CStoreDestination
    ) async throws -> WrittenInstance {
        do {
            return WrittenInstance(transferSyntaxUID: other, instance: try await destination.transcoder.transcoded(instance, to: other))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let why = reason(error)
            throw DestinationError(
                why.category,
                "\(destination.address.calledAETitle) is to get \(other) instead of \(instance.transferSyntaxUID), in which the object cannot be "
                    + "written: \(why.words)")
        }
    }

    /// The words of an error that vouches for them; of another one its type only. It is the object that is not accepted, unless the fault is ours
    /// or the medium's.
    private static func reason(_ error: any Error) -> (category: ExceptionCategory, words: String) {
        switch error {
        case let error as any ContentFailure: (.unreadable, error.reason)
        case let error as DestinationError: (error.category, error.message)
        case let error as DICOMError: (.unreadable, error.description)
        case let error as NetworkError: (error.category, error.message)
        default: (.notAccepted, "\(type(of: error))")
        }
    }
}
