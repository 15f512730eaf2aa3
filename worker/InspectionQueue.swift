import DICOM
import Dispatch
import PixelCodec
import Synchronization

/// Inspects the files of a source with all processors and gives the results in the files' order.
struct InspectionQueue {
    /// What is printed of a file.
    struct Result: Sendable {
        let text: String
        let isDamaged: Bool

        init(_ inspection: Inspection, json: Bool) {
            text = json ? inspection.jsonLine : inspection.text
            isDamaged = inspection.isDamaged
        }
    }

    /// So many files are inspected before the first of them is printed, since most take some microseconds only; fewer where these are so many bytes.
    private static let filesAtATime = 512
    private static let bytesAtATime: Int64 = 32 << 20

    private let source: ContentsOfPath
    private let depth: Inspection.Depth
    private let assumed: AssumedCharacterSet?
    private let isJSON: Bool
    private let codec: CodecProcess
    private var rest: ArraySlice<ContentsOfPath.File>

    init(_ source: ContentsOfPath, codec: CodecProcess, depth: Inspection.Depth, assuming assumed: AssumedCharacterSet?, json: Bool) {
        self.source = source
        self.codec = codec
        self.depth = depth
        self.assumed = assumed
        isJSON = json
        rest = source.files[...]
    }

    /// The next results; nil after the last.
    mutating func next() async -> [Result]? {
        guard !rest.isEmpty else { return nil }
        let files = nextFiles()
        var (results, undecoded) = inspect(files)
        for (index, var inspection) in undecoded {
            // Pixels that this program cannot decode to the bit have no digest (docs/digests.md).
            if let digest = try? await codec.compressedPixelDigest(of: InspectedImage(file: files[index], source: source)) {
                inspection.set(pixelDigest: digest)
            }
            results[index] = Result(inspection, json: isJSON)
        }
        return results.compactMap(\.self)
    }

    /// The results with all processors; and, in the files' order, what lacks the digest of its compressed pixels.
    private func inspect(_ files: [ContentsOfPath.File]) -> (results: [Result?], undecoded: [(index: Int, inspection: Inspection)]) {
        let found = Mutex((results: [Result?](repeating: nil, count: files.count), undecoded: [(index: Int, inspection: Inspection)]()))
        DispatchQueue.concurrentPerform(iterations: files.count) { [source, depth, assumed, isJSON] index in
            let inspection = Inspection(of: files[index], in: source, depth: depth, assuming: assumed)
            guard depth == .wholeWithDigests, inspection.hasCompressedPixels else {
                let result = Result(inspection, json: isJSON)
                return found.withLock { $0.results[index] = result }
            }
            found.withLock { $0.undecoded.append((index, inspection)) }
        }
        return found.withLock { ($0.results, $0.undecoded.sorted { $0.index < $1.index }) }
    }

    private mutating func nextFiles() -> [ContentsOfPath.File] {
        var byteCount: Int64 = 0
        let files = Array(rest.prefix(Self.filesAtATime).prefix { file in
            defer { byteCount += depth == .header ? 0 : file.byteCount }
            return byteCount < Self.bytesAtATime
        })
        rest = rest.dropFirst(files.count)
        return files
    }
}

/// A file of the source, as the codec reads it.
private struct InspectedImage: ImageSource {
    let file: ContentsOfPath.File
    let source: ContentsOfPath
    var byteCount: Int64 { file.byteCount }

    func bytes(_ range: Range<Int64>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        try source.read(file, range: range) { bytes += $0 }
        guard bytes.count == range.count else { throw PixelCodecError(.file, "\(file.path) cannot be read at byte \(range.lowerBound)") }
        return bytes
    }
}
