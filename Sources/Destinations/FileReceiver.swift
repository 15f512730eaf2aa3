internal import DICOMNetwork
internal import Foundation

/// Writes received data sets to one file, the last over the one before.
actor FileReceiver: InstanceReceiver {
    private let file: FileHandle
    /// The most bytes of a data set that are taken.
    let limit: Int64
    private var byteCount: Int64 = 0
    private var current: ReceivedInstance?
    /// The instance that the file holds completely.
    private(set) var received: ReceivedInstance?
    /// Whether one came that was longer than the limit; it was not taken.
    private(set) var hasOverflowed = false

    init(path: String, limit: Int64) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw DestinationError(.worker, "cannot create \(path)") }
        self.file = file
        self.limit = limit
    }

    func begin(_ instance: ReceivedInstance) throws {
        current = instance
        received = nil
        byteCount = 0
        try file.truncate(atOffset: 0)
        try file.seek(toOffset: 0)
    }

    func receive(_ bytes: ReadBuffer) throws {
        byteCount += Int64(bytes.readableBytes)
        guard byteCount <= limit else {
            hasOverflowed = true
            try file.truncate(atOffset: 0)
            throw InstanceExcess(limit: limit)
        }
        try bytes.withUnsafeReadableBytes { try file.write(contentsOf: $0) }
    }

    func end() throws -> DIMSEStatus {
        received = current
        return .success
    }

    func abandon() { current = nil }
}
