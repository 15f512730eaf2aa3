import ArgumentParser
import DICOM
import Foundation
import Media
import PixelCodec
import Terminal

/// `worker inspect`: reads the headers of files, folders and disc images without a coordinator.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Read headers without a coordinator.",
        discussion: """
            Each PATH is a file, a folder or a disc image. Files are known by their content; those without preamble \
            or meta header are read too. Exit status 1 if a file is damaged or cannot be read, or if the \
            medium is not whole.
            """)

    @Argument(help: "Files, folders, disc images.")
    var paths: [String]

    @Flag(help: "Print one JSON object per file, one a line.")
    var json = false

    @Flag(help: "Compute the digests of elements and pixels too, compressed ones decoded (docs/digests.md).")
    var digests = false

    @Flag(help: "Pass over the pixels: no SHA-256 of the files, in a fraction of the time.")
    var headers = false

    @OptionGroup var text: AssumedTextOption

    func validate() throws {
        guard !(headers && digests) else { throw ValidationError("--headers reads no pixels, so there are no --digests of them") }
    }

    func run() async throws {
        var failed = false
        let assumed = try text.assumed()
        for path in paths {
            do {
                let source = try InspectionSource(path: path)
                for finding in source.findings {
                    failed = failed || finding.meansLoss
                    Standard.error("\(path): \(finding)")
                }
                guard try await show(source, assuming: assumed, &failed) else { return try finish(failed) }
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                failed = true
                Standard.error("\(error)")
            }
        }
        try finish(failed)
    }

    /// Inspects the files of a source with all processors and prints them in their order; false when nobody reads any more.
    private func show(_ source: InspectionSource, assuming assumed: AssumedCharacterSet?, _ failed: inout Bool) async throws -> Bool {
        let depth: Inspection.Depth = headers ? .header : digests ? .wholeWithDigests : .whole
        return try await CodecProcess.use { codec in
            var queue = InspectionQueue(source, codec: codec, depth: depth, assuming: assumed, json: json)
            while let results = await queue.next() {
                failed = failed || results.contains(where: \.isDamaged)
                guard try Standard.output(results.map(\.text).joined(separator: "\n")) else { return false }
            }
            return true
        }
    }

    private func finish(_ failed: Bool) throws {
        if failed { throw CommandFailure(.failed) }
    }
}

/// Files to inspect: those of a medium, or a lone file.
struct InspectionSource {
    struct File {
        /// As it is shown: the path that was given, and the path within it.
        let path: String
        let byteCount: Int64
        fileprivate let onMedium: MediumFile?
    }

    let files: [File]
    /// What is wrong with the medium itself.
    var findings: [MediumFinding] { medium?.findings ?? [] }
    private let medium: (any Medium)?

    init(path: String) throws {
        do {
            let medium = try openMedium(at: path)
            let folder = path.hasSuffix("/") ? path : path + "/"
            self.medium = medium
            files = medium.files.map { File(path: folder + $0.path, byteCount: $0.byteCount, onMedium: $0) }
        } catch let error as MediumError where error.code == .notAMedium {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { throw error }
            medium = nil
            files = [File(path: path, byteCount: (attributes[.size] as? NSNumber)?.int64Value ?? 0, onMedium: nil)]
        }
    }

    /// Reads a range of the file's bytes in order, in pieces.
    func read(_ file: File, range: Range<Int64>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        if let medium, let onMedium = file.onMedium { return try medium.read(onMedium, range: range, body) }
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file.path))
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(range.lowerBound))
        var rest = range.count
        while rest > 0, let piece = try handle.read(upToCount: min(rest, MediumLimits.chunkByteCount)), !piece.isEmpty {
            rest -= piece.count
            try body(Array(piece)[...])
        }
    }
}
