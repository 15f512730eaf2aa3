import ArgumentParser
import DICOM
import PixelCodec
import Terminal

/// `worker inspect`: reads the headers of files, folders and disc images without a coordinator.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Read headers without a coordinator.",
        discussion: """
            Each PATH is a file, a folder or a disc image. Files are known by their content; those without preamble \
            or meta header are read too. What is found wrong with a medium itself is told on stderr. Exit status 1 if a \
            path cannot be opened, if a file is damaged or cannot be read, or if files of a medium may be missing; what \
            is told of a medium and costs no file, as padding that was cut off its end, leaves it at 0.
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
            let opened = OpenedPath(path)
            failed = failed || opened.meansLoss
            guard try await show(opened, assuming: assumed, &failed) else { break }
        }
        if failed { throw CommandFailure(.failed) }
    }

    private var depth: Inspection.Depth { headers ? .header : digests ? .wholeWithDigests : .whole }

    /// Shows what a path holds, or, to programs, why it cannot be opened; false when nobody reads any more.
    private func show(_ opened: OpenedPath, assuming assumed: AssumedCharacterSet?, _ failed: inout Bool) async throws -> Bool {
        switch opened.contents {
        case .some(let contents): return try await show(contents, assuming: assumed, &failed)
        case nil where json:
            let lines = opened.findings.map { Inspection(unopened: $0, depth: depth, assuming: assumed).jsonLine }
            return try Standard.output(lines.joined(separator: "\n"))
        case nil: return true
        }
    }

    /// Inspects files with all processors and prints them in their order; false when nobody reads any more.
    private func show(_ contents: ContentsOfPath, assuming assumed: AssumedCharacterSet?, _ failed: inout Bool) async throws -> Bool {
        try await CodecProcess.use { codec in
            var queue = InspectionQueue(contents, codec: codec, depth: depth, assuming: assumed, json: json)
            while let results = await queue.next() {
                failed = failed || results.contains(where: \.isDamaged)
                guard try Standard.output(results.map(\.text).joined(separator: "\n")) else { return false }
            }
            return true
        }
    }
}
