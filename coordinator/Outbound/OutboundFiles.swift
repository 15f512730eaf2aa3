import Coordination
import Foundation
import Glibc
import Ledger
import Migration
import Orders
import Terminal
import Trust

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
        do {
            return .acknowledged(ids, "file \(try write(CSVOrdersWriter.file(orders.map(\.order)), named: Self.name(of: first)))")
        } catch {
            return .failed(ids, error.message)
        }
    }

    func close() async {}

    /// In the order of the names the files are in the order of their orders.
    private static func name(of first: OutboundRecord) -> String {
        let number = String(first.id.number)
        return "orders-" + String(repeating: "0", count: max(0, 10 - number.utf8.count)) + number
    }

    /// Writes the file, unless it is there already; one of the same name with something else in it is of a ledger that was put back since, and stays.
    private func write(_ text: String, named name: String) throws(TrustError) -> String {
        for variant in 1...Self.variantLimit {
            let file = name + (variant == 1 ? "" : "-\(variant)") + ".csv"
            let path = folder + "/" + file
            guard let known = FileManager.default.contents(atPath: path) else {
                try SecretFile.write(text, to: path)
                return file
            }
            if known.elementsEqual(text.utf8) { return file }
        }
        throw TrustError(.file, "\(folder) has \(Self.variantLimit) files named \(name) with other orders in them: move them away")
    }
}
