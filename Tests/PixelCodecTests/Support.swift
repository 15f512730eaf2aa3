import DICOM
import Foundation

@testable import PixelCodec

/// A folder of its own for each test, and what the tests need of the machine.
final class Workshop: Sendable {
    struct Absent: Error, CustomStringConvertible {
        let description: String
    }

    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/skein-codec-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { folder + "/" + name }

    var isEmpty: Bool { (try? FileManager.default.contentsOfDirectory(atPath: folder).isEmpty) ?? false }

    /// The codec as the worker's own command, which lies beside the tests.
    static func codec(_ limits: CodecLimits = .standard) -> CodecProcess {
        CodecProcess(program: worker, limits: limits)
    }

    /// The program, which lies beside the tests.
    static var worker: String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("worker").path
    }

    /// One of the pydicom wheel's test files.
    static func wheel(_ name: String) throws -> String {
        let manager = FileManager.default
        let tree = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let library = tree.appendingPathComponent(".venv/lib").path
        for python in (try? manager.contentsOfDirectory(atPath: library).sorted()) ?? [] {
            let path = "\(library)/\(python)/site-packages/pydicom/data/test_files/\(name)"
            if manager.fileExists(atPath: path) { return path }
        }
        throw Absent(description: "\(name) of the pydicom wheel is not below \(library): run `make setup`")
    }

    /// Transcodes a file and gives the new one.
    func transcode(_ path: String, to target: TransferSyntax, as name: String, decompressesLossy: Bool = false) async throws -> TranscodingReport {
        try await Transcoder(codec: Self.codec()).transcode(
            FileImageSource(path: path), to: self.path(name), as: target, decompressesLossy: decompressesLossy,
            record: CoercionRecord(modifyingSystem: "SKEIN", dateTime: "20260101000000"))
    }

    /// Runs one of DCMTK's programs to its end.
    static func dcmtk(_ program: String, _ arguments: String...) throws {
        try run("/usr/bin/\(program)", arguments)
    }

    /// Runs a command line to its end.
    static func shell(_ line: String) throws {
        try run("/bin/sh", ["-c", line])
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Absent(description: "\(program) ended with status \(process.terminationStatus)") }
    }

    /// A frame's cells, decoded where they are compressed.
    static func cells(_ path: String, frame: Int = 0) async throws -> [UInt8] {
        let frames = try FrameReader(ImageFile(FileImageSource(path: path)))
        guard let compression = frames.compression else { return try frames.nativeCells(of: frame) }
        return try await FrameCoder(description: frames.description, codec: codec()).decode(frames.stream(of: frame), compression)
    }
}

/// The code of what is thrown; `nil` for nothing, and for what is none of this room's errors.
func code(_ body: () async throws -> Void) async -> PixelCodecError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? PixelCodecError)?.code
    }
}

/// An image of one frame, made for a test.
struct TestImage {
    var rows = 40
    var columns = 41
    var samples = 1
    var bitsAllocated = 16
    var bitsStored = 12
    var isSigned = false
    var isPlanar = false
    var photometricInterpretation = "MONOCHROME2"
    var cells: [UInt8] = []

    /// Cells of a slope, each within its stored bits.
    static func sloped(_ change: (inout TestImage) -> Void = { _ in }) -> TestImage {
        var image = TestImage()
        change(&image)
        let count = image.rows * image.columns * image.samples
        image.cells = (0..<count).flatMap { index -> [UInt8] in
            var value = UInt32(index * 37) & ((1 << UInt32(image.bitsStored)) - 1)
            if image.isSigned, value >> UInt32(image.bitsStored - 1) == 1 { value |= .max << UInt32(image.bitsStored) }
            return (0..<image.bitsAllocated / 8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        return image
    }

    func write(to path: String, _ change: (inout DataSet) throws -> Void = { _ in }) throws {
        var dataSet = DataSet(as: .explicitVRLittleEndian)
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try dataSet.set(.sopInstanceUID, "1.2.3.4")
        try dataSet.set(.samplesPerPixel, UInt16(samples))
        try dataSet.set(.photometricInterpretation, photometricInterpretation)
        if samples > 1 { try dataSet.set(.planarConfiguration, UInt16(isPlanar ? 1 : 0)) }
        try dataSet.set(.rows, UInt16(rows))
        try dataSet.set(.columns, UInt16(columns))
        try dataSet.set(.bitsAllocated, UInt16(bitsAllocated))
        try dataSet.set(.bitsStored, UInt16(bitsStored))
        try dataSet.set(.highBit, UInt16(bitsStored - 1))
        try dataSet.set(.pixelRepresentation, UInt16(isSigned ? 1 : 0))
        try dataSet.set(.pixelData, vr: bitsAllocated > 8 ? .OW : .OB, value: cells)
        try change(&dataSet)
        try Data(dataSet.encode(as: .explicitVRLittleEndian)).write(to: URL(fileURLWithPath: path))
    }
}
