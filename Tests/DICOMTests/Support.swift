import Foundation

@testable import DICOM

/// The real files of the pydicom wheel.
enum Wheel {
    struct Absent: Error, CustomStringConvertible {
        let folder: String
        var description: String {
            "the pydicom wheel's data is not in \(folder): run `make setup`, or set SKEIN_PYDICOM_DATA to pydicom/data"
        }
    }

    /// `pydicom/data`: where the environment says, or in the lab's virtual environment.
    static func folder() throws -> URL {
        let manager = FileManager.default
        if let folder = ProcessInfo.processInfo.environment["SKEIN_PYDICOM_DATA"] {
            guard manager.fileExists(atPath: folder + "/test_files") else { throw Absent(folder: folder) }
            return URL(fileURLWithPath: folder, isDirectory: true)
        }
        let tree = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let library = tree.appendingPathComponent(".venv/lib")
        for python in (try? manager.contentsOfDirectory(atPath: library.path).sorted()) ?? [] {
            let data = library.appendingPathComponent("\(python)/site-packages/pydicom/data", isDirectory: true)
            if manager.fileExists(atPath: data.appendingPathComponent("test_files").path) { return data }
        }
        throw Absent(folder: library.path)
    }

    /// One file of `test_files` or `charset_files`.
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = try folder()
        let places = ["test_files", "charset_files"].map { folder.appendingPathComponent($0).appendingPathComponent(name) }
        let place = places.first { FileManager.default.fileExists(atPath: $0.path) } ?? places[0]
        return [UInt8](try Data(contentsOf: place))
    }

    /// Every file, by its path within the wheel's data, in order.
    static func allFiles() throws -> [(name: String, bytes: [UInt8])] {
        let folder = try folder()
        let names = ["test_files", "charset_files"].flatMap { part -> [String] in
            let walk = FileManager.default.enumerator(atPath: folder.appendingPathComponent(part).path)
            return (walk?.allObjects as? [String] ?? []).map { "\(part)/\($0)" }
        }
        return try names.sorted().compactMap { name in
            let place = folder.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder), !isFolder.boolValue else { return nil }
            return (name, [UInt8](try Data(contentsOf: place)))
        }
    }

    /// Every whole object among them.
    static func objects() throws -> [(name: String, bytes: [UInt8], header: ObjectHeader)] {
        try allFiles().compactMap { name, bytes in
            let header = try? ObjectHeader.read(bytes)
            return header.map { (name, bytes, $0) }
        }
    }
}

extension ObjectHeader {
    /// Reads a whole file that is at hand; `nil`: no DICOM.
    static func read(_ bytes: [UInt8], pieceByteCount: Int = 1 << 20) throws -> ObjectHeader? {
        var reader = ObjectHeaderReader(byteCount: Int64(bytes.count))
        return try reader.read(bytes, pieceByteCount: pieceByteCount)
    }

    /// The header of a wheel's file that is known to be whole.
    static func wheel(_ name: String) throws -> ObjectHeader {
        guard let header = try read(Wheel.bytes(name)) else { throw DICOMError(.malformed, "\(name) is no object") }
        return header
    }
}

extension ObjectHeaderReader {
    mutating func read(_ bytes: [UInt8], pieceByteCount: Int = 1 << 20) throws -> ObjectHeader? {
        for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
            _ = try feed(bytes[start..<min(start + pieceByteCount, bytes.count)])
        }
        return try finish()
    }
}

extension CoercedObject {
    /// The data set as it would be sent.
    func bytes(from source: [UInt8]) -> [UInt8] {
        segments.flatMap { segment -> [UInt8] in
            switch segment {
            case .bytes(let bytes): bytes
            case .source(let range): Array(source[Int(range.lowerBound)..<Int(range.upperBound)])
            }
        }
    }
}

/// The same numbers in each run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
