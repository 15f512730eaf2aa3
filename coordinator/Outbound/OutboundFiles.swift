import Coordination
import Foundation
import Glibc
import Ledger
import Migration
import Orders
import Terminal

/// Orders as CSV files in a folder: a file has its name when it is whole and on the disk.
struct OutboundFiles: OutboundWay {
    private let folder: String

    var share: Int { OperatorAction.importLimit }

    /// Files of one share that differ from what it would write: a ledger that was put back from copies has a few.
    private static var variantLimit: Int { 100 }

    /// Makes the folder where it is missing, for its owner alone.
    ///
    /// - Throws: `CommandFailure` when that fails.
    init(folder: String) throws(CommandFailure) {
        self.folder = folder
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw CommandFailure(.usage, "outbound.folder: \(folder) cannot be made: \(String(cString: strerror(errno)))")
        }
    }

    func tell(_ orders: [OutboundRecord]) async -> OutboundReport {
        if let refusal = refusal(of: orders) { return refusal }
        let ids = orders.map(\.id)
        guard let first = orders.first else { return .failed([], "no order") }
        let bytes = CSVOrdersWriter.file(orders.map(\.order))
        do {
            return .acknowledged(ids, "file \(try write(bytes, named: Self.name(of: first)))")
        } catch {
            return .failed(ids, "the file cannot be written in \(folder): \(error.text)")
        }
    }

    func close() async {}

    /// In the order of the names the files are in the order of their orders.
    private static func name(of first: OutboundRecord) -> String {
        let number = String(first.id.number)
        return "orders-" + String(repeating: "0", count: max(0, 10 - number.utf8.count)) + number
    }

    /// Writes the file, unless it is there already; one of the same name with something else in it is of a ledger that was put back since, and stays.
    private func write(_ bytes: [UInt8], named name: String) throws(SystemFault) -> String {
        for variant in 1...Self.variantLimit {
            let file = name + (variant == 1 ? "" : "-\(variant)") + ".csv"
            let path = folder + "/" + file
            if let known = FileManager.default.contents(atPath: path) {
                if known.elementsEqual(bytes) { return file }
                continue
            }
            try writeAnew(bytes, to: path)
            return file
        }
        throw SystemFault(code: EEXIST)
    }

    private func writeAnew(_ bytes: [UInt8], to path: String) throws(SystemFault) {
        let partial = path + ".part"
        unlink(partial)
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemFault(code: errno) }
        do throws(SystemFault) {
            defer { Glibc.close(descriptor) }
            var written = 0
            while written < bytes.count {
                let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw SystemFault(code: errno) }
                written += count
            }
            guard fsync(descriptor) == 0 else { throw SystemFault(code: errno) }
        }
        guard rename(partial, path) == 0 else { throw SystemFault(code: errno) }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw SystemFault(code: errno) }
        defer { Glibc.close(directory) }
        guard fsync(directory) == 0 else { throw SystemFault(code: errno) }
    }

    /// What the system says of a call that failed.
    private struct SystemFault: Error {
        var code: Int32
        var text: String { String(cString: strerror(code)) }
    }
}
