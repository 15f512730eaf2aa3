internal import DICOM
internal import Foundation
import LineProtocol
import Migration

/// Where the parts of a medium come from.
struct MediumSource: Hashable, Sendable, Codable {
    /// The label that was typed or scanned.
    var label: String
    /// The path under which the medium was opened.
    var path: String
    /// Its fingerprint, so that another disc at the same path is not taken for it.
    var fingerprint: String
    /// Whether objects are read again from it instead of being staged.
    var isOnline: Bool
    /// By what its text was read, so that it is sent by the same; nil: by what the objects declare.
    var assumedText: AssumedText?

    /// As ``AssumedCharacterSet``.
    struct AssumedText: Hashable, Sendable, Codable {
        var term: String
        var insteadOf: [String]
    }

    var assumedCharacterSet: AssumedCharacterSet? {
        assumedText.flatMap { AssumedCharacterSet($0.term, insteadOf: Set($0.insteadOf)) }
    }
}

extension MediumSource.AssumedText {
    init(_ assumed: AssumedCharacterSet) {
        self.init(term: assumed.term, insteadOf: assumed.insteadOf.sorted())
    }
}

/// The folder of the spool with what was read under one medium's grant.
///
///     source.json       where it came from
///     seal.json         for which enrolment inventory and objects are encrypted; not there when they lie in the clear
///     inventory.lines   what the coordinator is told (see ``Manifest``)
///     objects/SHA256    the staged files, each under the digest of its bytes: byte for byte, or sealed (see ``SealedObject``)
///     ends.json         where the data set ends in files with bytes after it, by SHA-256
///     erased.lines      Study Instance UIDs of which nothing is needed any more
///     aside.lines       Study Instance UIDs whose objects lie in the holding store
///     closed            there when the coordinator has closed the inventory
struct GrantFolder: Sendable {
    let grant: GrantNumber
    let path: String

    init(_ grant: GrantNumber, in spool: String) {
        self.grant = grant
        path = "\(spool)/grants/\(grant)"
    }

    var manifestPath: String { "\(path)/inventory.lines" }
    var objectsPath: String { "\(path)/objects" }
    private var sourcePath: String { "\(path)/source.json" }
    private var closedPath: String { "\(path)/closed" }
    private var erasedPath: String { "\(path)/erased.lines" }
    private var asidePath: String { "\(path)/aside.lines" }

    func objectPath(_ sha256: String) -> String { "\(objectsPath)/\(sha256)" }

    /// Begins the folder anew, to be sealed with `seal` or, where that is nil, in the clear.
    func create(_ source: MediumSource, _ seal: FolderSeal?) throws {
        if FileSystem.exists(path) { try FileSystem.removeFolder(path) }
        try FileSystem.makeFolder(path)
        // The coordinator is told of custody: the folder's own name is to outlast a power failure too.
        try FileSystem.synchronizeFolder(of: path)
        try FileSystem.makeFolder(objectsPath)
        if let seal { try FileSystem.write(Array(try JSONEncoder().encode(seal)), to: sealPath) }
        try FileSystem.write(Array(try JSONEncoder().encode(source)), to: sourcePath)
    }

    func source() throws -> MediumSource {
        try JSONDecoder().decode(MediumSource.self, from: Data(try FileSystem.contents(sourcePath)))
    }

    private var sealPath: String { "\(path)/seal.json" }

    /// For whom the folder is sealed; nil when it lies in the clear.
    func seal() throws -> FolderSeal? {
        guard FileSystem.exists(sealPath) else { return nil }
        return try JSONDecoder().decode(FolderSeal.self, from: Data(try FileSystem.contents(sealPath)))
    }

    var isClosed: Bool { FileSystem.exists(closedPath) }

    func markClosed() throws(GatewayError) { try FileSystem.write([], to: closedPath) }

    private var endsPath: String { "\(path)/ends.json" }

    func ends() -> [String: Int64] {
        (try? FileSystem.contents(endsPath)).flatMap { try? JSONDecoder().decode([String: Int64].self, from: Data($0)) } ?? [:]
    }

    func writeEnds(_ ends: [String: Int64]) throws {
        if !ends.isEmpty { try FileSystem.write(Array(try JSONEncoder().encode(ends)), to: endsPath) }
    }

    func erasedStudies() throws(GatewayError) -> [String] { try Self.lines(erasedPath) }

    func markErased(_ studies: [String]) throws(GatewayError) { try Self.write(studies, erasedPath) }

    func asideStudies() throws(GatewayError) -> [String] { try Self.lines(asidePath) }

    func markAside(_ studies: [String]) throws(GatewayError) { try Self.write(studies, asidePath) }

    private static func lines(_ path: String) throws(GatewayError) -> [String] {
        guard FileSystem.exists(path) else { return [] }
        return String(decoding: try FileSystem.contents(path), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func write(_ lines: [String], _ path: String) throws(GatewayError) {
        try FileSystem.write(Array(lines.joined(separator: "\n").utf8), to: path)
    }
}
