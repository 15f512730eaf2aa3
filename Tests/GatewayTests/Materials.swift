import Foundation
@testable import Gateway
import LineProtocol
import Media
import Migration
import NIOPosix
import Testing

/// A folder of the test's own, removed with the last reference.
final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "skein-gateway-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }
}

/// The real files of the pydicom wheel.
enum Wheel {
    struct Absent: Error {}

    /// The folder of the test files: in SKEIN_PYDICOM_DATA, or that of the Python in SKEIN_PYTHON, or of the tree's own.
    static func folder() throws -> String {
        if let data = ProcessInfo.processInfo.environment["SKEIN_PYDICOM_DATA"] { return "\(data)/test_files" }
        let tree = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let python = ProcessInfo.processInfo.environment["SKEIN_PYTHON"] ?? tree.appendingPathComponent(".venv/bin/python").path
        let library = URL(fileURLWithPath: python).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("lib")
        for version in (try? FileManager.default.contentsOfDirectory(atPath: library.path).sorted()) ?? [] {
            let folder = library.appendingPathComponent("\(version)/site-packages/pydicom/data/test_files").path
            if FileManager.default.fileExists(atPath: folder) { return folder }
        }
        throw Absent()
    }

    /// Copies files of the wheel into a folder.
    static func copy(_ names: [String], to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in names { try FileManager.default.copyItem(atPath: "\(try self.folder())/\(name)", toPath: "\(folder)/\(name)") }
    }
}

/// Masters a disc image of a folder.
func burn(_ folder: String, to image: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/xorriso")
    process.arguments = ["-as", "mkisofs", "-quiet", "-R", "-J", "-V", "CDROM", "-o", image, folder]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
}

/// A spool with a reader for whatever medium the test has.
struct Station {
    let scratch: Scratch
    let spool: Spool
    let threads = NIOThreadPool(numberOfThreads: 4)

    static let enrolment = "6f1b2c3d-0000-4000-8000-000000000001"
    static let staging = Staging(isEncrypted: true, key: SpoolKey((0..<32).map { UInt8($0) })!)

    init(limit: Int64 = 1 << 30, holdsAside: Bool = false, isSealed: Bool = false) throws {
        scratch = try Scratch()
        if holdsAside { try FileSystem.makeFolder(scratch("holding")) }
        spool = try Spool(at: scratch("spool"), limit: limit, holdingStore: holdsAside ? scratch("holding") : nil)
        if isSealed { _ = spool.unlock(Self.staging, of: Self.enrolment) }
        threads.start()
    }

    /// The reader of a medium under a grant, begun in the spool.
    func reader(of medium: any Medium, grant: Int64, isOnline: Bool = false, path: String = "", rules: ReadingRules = ReadingRules()) throws -> DiscReader {
        let number = GrantNumber(grant)
        let source = MediumSource(
            label: "L\(grant)", path: path, fingerprint: medium.fingerprint.hexadecimal, isOnline: isOnline,
            assumedText: rules.characterSet.map { .init($0) })
        return DiscReader(
            medium: medium, grant: number, isOnline: isOnline, rules: rules, folder: try spool.begin(number, source), spool: spool, threads: threads,
            progress: ProgressCounter(), pieceWritten: { _ in })
    }
}

/// A medium in memory: files of these bytes, in this order; `nil` for what cannot be read.
struct MemoryMedium: Medium {
    let kind = Media.MediumKind.folder
    let fingerprint = MediumFingerprint(hexadecimal: String(repeating: "0", count: 64))
    let volumeIdentifier = "CDROM"
    let files: [MediumFile]
    let findings: [MediumFinding] = []
    private let contents: [String: [UInt8]]

    init(_ contents: [(path: String, bytes: [UInt8])]) {
        files = contents.map { MediumFile(path: $0.path, byteCount: Int64($0.bytes.count)) }
        self.contents = Dictionary(contents.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    }

    func read(_ file: MediumFile, range: Range<Int64>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        let bytes = contents[file.path] ?? []
        let end = min(range.upperBound, Int64(bytes.count))
        for start in stride(from: range.lowerBound, to: end, by: 4096) {
            try body(bytes[Int(start)..<Int(min(start + 4096, end))])
        }
    }
}

extension Spool {
    /// Where an object that was read under grant 1 is staged.
    func stagedPath(_ sha256: String) -> String { GrantFolder(GrantNumber(1), in: path).objectPath(sha256) }
}
