internal import DICOM
internal import DICOMNetwork
public import Destinations
internal import Migration
internal import NIOCore
internal import PixelCodec

/// Writes what a destination does not take in a syntax that it takes: uncompressed little endian.
///
/// Compressed pixels are decoded by the codec's child process; those that were compressed with loss too, because it is asked only where the
/// destination takes nothing else, and with Lossy Image Compression (0028,2110) 01. Big endian and deflated objects are written anew. What was
/// transcoded lies in a file without a name until it is sent.
public final class PixelTranscoder: InstanceTranscoder {
    private let folder: String
    private let codecs: CodecPool
    private let native = NativeTranscoder()

    /// A transcoder that works in a folder.
    ///
    /// - Parameter program: the worker, whose `codec` command is the child process.
    public init(folder: String, program: String = "/proc/self/exe") {
        self.folder = folder
        codecs = CodecPool(program: program, count: System.coreCount)
    }

    private static let uncompressed = [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian]
    /// Explicit big endian, deflated, and GE's private syntax with big endian pixels.
    private static let unusual: Set<String> = [
        TransferSyntax.explicitVRBigEndian.uid, TransferSyntax.deflatedExplicitVRLittleEndian.uid,
        TransferSyntax.implicitVRBigEndianPixels.uid,
    ]

    public func alternatives(to transferSyntaxUID: String) -> [String] {
        let isTranscoded = Self.unusual.contains(transferSyntaxUID) || TransferSyntax(uid: transferSyntaxUID).isDecodedByCodec
        return isTranscoded ? Self.uncompressed.map(\.uid) : native.alternatives(to: transferSyntaxUID)
    }

    public var losslessCompressions: [String] { TransferSyntax.losslessCompressions.map(\.uid) }

    public func transcoded(_ instance: OutgoingInstance, to transferSyntaxUID: String) async throws -> TranscodedInstance {
        guard native.alternatives(to: instance.transferSyntaxUID).isEmpty else {
            return try await native.transcoded(instance, to: transferSyntaxUID)
        }
        do {
            return try await transcode(instance, as: TransferSyntax(uid: transferSyntaxUID))
        } catch let error as PixelCodecError {
            throw DestinationError(Self.category(error.code), "\(error.code): \(error.description)")
        }
    }

    private func transcode(_ instance: OutgoingInstance, as target: TransferSyntax) async throws -> TranscodedInstance {
        let (content, report) = try await codecs.withCodec { [folder] codec in
            try await Transcoder(codec: codec).dataSet(
                of: ObjectSourceImage(instance), in: folder, as: target, decompressesLossy: true,
                record: CoercionRecord(modifyingSystem: Implementation.modifyingSystem, dateTime: WallClock.dateTime()))
        }
        return TranscodedInstance(content: ScratchContent(file: content), changed: report.changes.map(\.tag), wasLossy: report.wasLossy)
    }

    /// A disk without room, or a program that is not there, says nothing of the object.
    private static func category(_ code: PixelCodecError.Code) -> ExceptionCategory {
        [.file, .codecUnavailable].contains(code) ? .worker : .notAccepted
    }
}

/// An instance's data set with the file meta information that says what it is written in.
private struct ObjectSourceImage: ImageSource {
    private let head: [UInt8]
    private let content: any ObjectContent

    init(_ instance: OutgoingInstance) throws {
        var meta = DataSet()
        try meta.set(.transferSyntaxUID, instance.transferSyntaxUID)
        head = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + (try meta.encode(as: .explicitVRLittleEndian))
        content = instance.content.forOneReader()
    }

    var byteCount: Int64 { Int64(head.count) + content.byteCount }

    func bytes(_ range: Range<Int64>) throws -> [UInt8] {
        let headCount = Int64(head.count)
        var bytes = Array(head[Int(min(range.lowerBound, headCount))..<Int(min(range.upperBound, headCount))])
        let rest = max(range.lowerBound, headCount)..<max(range.upperBound, headCount)
        guard !rest.isEmpty else { return bytes }
        var buffer = ReadBuffer()
        try content.read(from: rest.lowerBound - headCount, count: rest.count, into: &buffer)
        guard buffer.readableBytes == rest.count else { throw UnreadableContent(reason: "the object ends before byte \(rest.upperBound - headCount)") }
        bytes += buffer.readableBytesView
        return bytes
    }
}

/// A transcoded data set as C-STORE sends it.
private struct ScratchContent: ObjectContent {
    let file: ScratchFile

    var byteCount: Int64 { file.byteCount }

    func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws {
        var done = 0
        while done < count {
            let wanted = count - done
            let got = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { room in
                try file.read(from: offset + Int64(done), into: UnsafeMutableRawBufferPointer(rebasing: room[..<wanted]))
            }
            guard got > 0 else { throw UnreadableContent(reason: "a transcoded object ends at byte \(offset + Int64(done))") }
            done += got
        }
    }
}
