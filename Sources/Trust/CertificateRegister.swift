internal import Foundation
internal import Synchronization

/// The numbers of the workers' certificates, kept in `certificates.json` beside the authorities: each one issued has a greater number than all before
/// it, and of each worker the greatest is known with which it has spoken. What has a smaller one is superseded.
///
/// So of two who hold a worker's key, the worker and a thief, one is refused as soon as the other has renewed and spoken, which shows the theft.
public final class CertificateRegister: Sendable {
    private struct Contents: Codable {
        /// No greater number was given out.
        var reserved: Int64 = 0
        /// By a worker's identity, the number of the newest certificate with which it has spoken.
        var newest: [String: Int64] = [:]
    }

    private struct State {
        var contents: Contents
        /// The number that was given out last.
        var last: Int64
        /// Whether all of `newest` is on disk.
        var isStored = true
    }

    /// Numbers that are reserved on disk at once, so that a fleet that renews does not write a file for each worker.
    private static var block: Int64 { 256 }
    /// Bytes of the file: about 50 for each worker that was ever enrolled, so enough for 80,000.
    private static var byteLimit: Int { 4 << 20 }

    private let path: String
    private let state: Mutex<State>

    /// The register of the authorities in `folder`; without a file, an empty one.
    ///
    /// - Throws: ``TrustError`` with `file`, naming the file.
    init(in folder: String) throws(TrustError) {
        path = folder + "/certificates.json"
        var contents = Contents()
        if SecretFile.exists(path) {
            let text = try SecretFile.read(path, limit: Self.byteLimit)
            guard let read = try? JSONDecoder().decode(Contents.self, from: Data(text.utf8)) else {
                throw TrustError(.file, "\(path) does not hold the numbers of certificates, such as {\"newest\":{},\"reserved\":256}")
            }
            contents = read
        }
        // A file that was put back from a copy may have lost reservations, but not what has spoken since.
        state = Mutex(State(contents: contents, last: max(contents.reserved, contents.newest.values.max() ?? 0)))
    }

    /// The next number; it is never given out again.
    ///
    /// - Throws: ``TrustError`` with `file` when that cannot be made durable.
    func next() throws(TrustError) -> Int64 {
        try state.withLock { state throws(TrustError) in
            if state.last >= state.contents.reserved {
                var contents = state.contents
                contents.reserved = state.last + Self.block
                try write(contents)
                state.contents = contents
                state.isStored = true
            }
            state.last += 1
            return state.last
        }
    }

    /// Whether the worker has spoken with a newer certificate than this one.
    public func isSuperseded(_ certificate: PeerCertificate) -> Bool {
        guard case .worker(_, let identity)? = certificate.role else { return false }
        return state.withLock { certificate.number < $0.contents.newest[identity.uuid] ?? 0 }
    }

    /// The worker has spoken with this certificate. It counts at once, and after a crash when ``store()`` has returned.
    public func noteSpoken(_ certificate: PeerCertificate) {
        guard case .worker(_, let identity)? = certificate.role else { return }
        state.withLock { state in
            guard certificate.number > state.contents.newest[identity.uuid] ?? 0 else { return }
            state.contents.newest[identity.uuid] = certificate.number
            state.last = max(state.last, certificate.number)
            state.isStored = false
        }
    }

    /// Writes what was noted since it was written last, if there is anything.
    ///
    /// - Throws: ``TrustError`` with `file`; it stays noted.
    public func store() throws(TrustError) {
        try state.withLock { state throws(TrustError) in
            guard !state.isStored else { return }
            try write(state.contents)
            state.isStored = true
        }
    }

    private func write(_ contents: Contents) throws(TrustError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(contents) else { throw TrustError(.file, "\(path) cannot be written") }
        try SecretFile.write(String(decoding: data, as: UTF8.self) + "\n", to: path, mode: SecretFile.privateMode)
    }
}
