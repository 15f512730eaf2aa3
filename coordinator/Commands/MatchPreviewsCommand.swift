import ArgumentParser
import Console
import Glibc
import Terminal

extension MatchCommand {
    /// `coordinator match previews`.
    struct Previews: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write pictures of a study's images as PNG files, made by the worker that holds them.",
            discussion: """
                Two contents of one SOP Instance UID come first, each with its media; then of each series the image in its middle. What the coordinator does not have yet is asked of the worker, which hears of it with its next \
                beat. The pictures show patients: the files, and the folder where it is made, are for their owner alone.
                """)

        @Argument(help: "The Study Instance UID.")
        var study: String

        @Option(help: ArgumentHelp("The folder for the files; made where there is none.", valueName: "folder"))
        var to: String

        @Option(help: "How many pictures at most.")
        var limit: Int?

        @Option(help: ArgumentHelp("How long to wait for pictures that are to be made.", valueName: "seconds"))
        var wait = 60

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        private struct Document: Encodable {
            var studyInstanceUID: String
            var imageCount: Int
            var previews: [Row]
        }

        /// A preview, and the file that it was written to.
        private struct Row: Encodable {
            var preview: PreviewShape
            @OrNull var file: String?

            private enum Key: String, CodingKey { case file }

            func encode(to encoder: any Encoder) throws {
                try preview.encode(to: encoder)
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(_file, forKey: .file)
            }
        }

        func validate() throws {
            guard (0...3600).contains(wait) else { throw ValidationError("--wait: 0 to 3600 seconds, and \(wait) is neither") }
        }

        func run() async throws {
            let folder = try PictureFolder(to)
            let (list, files) = try await Operators.ask(common.configuration()) { runner in
                let list = try await awaited(runner)
                var files: [String?] = []
                for preview in list.previews { files.append(try await write(preview, into: folder, runner)) }
                return (list, files)
            }
            let rows = zip(list.previews, files).map { Row(preview: $0, file: $1) }
            if output.json {
                try Standard.json(Document(studyInstanceUID: list.studyInstanceUID, imageCount: list.imageCount, previews: rows))
            } else {
                try Standard.output(text(list, rows))
            }
            let missing = list.previews.filter { $0.state == .awaited || $0.state == .unavailable }.count
            if missing > 0 { throw CommandFailure(.failed, "\(missing) of \(list.previews.count) pictures are not here: \(Self.reasons(list))") }
        }

        private func text(_ list: ListPreviews.Output, _ rows: [Row]) -> String {
            var table = TextTable(["NUMBER", "SERIES", "INSTANCE", "MEDIA", "STATE", "FILE OR REASON"])
            for row in rows {
                let preview = row.preview
                table.add([
                    "\(preview.number)", preview.seriesInstanceUID, preview.sopInstanceUID, preview.media.joined(separator: " "), preview.state.rawValue,
                    row.file ?? preview.reasonText ?? "",
                ])
            }
            return table.text + "\n\n\(rows.count) of \(list.imageCount) images"
        }

        /// The reasons, each once.
        private static func reasons(_ list: ListPreviews.Output) -> String {
            var reasons: [String] = []
            for preview in list.previews where preview.state == .awaited || preview.state == .unavailable {
                if let reason = preview.reasonText, !reasons.contains(reason) { reasons.append(reason) }
            }
            return Standard.plain(reasons.joined(separator: "; "))
        }

        /// Asks until nothing is awaited any more, or the time is over.
        private func awaited(_ runner: any OperationRunner) async throws -> ListPreviews.Output {
            let deadline = ContinuousClock.now + .seconds(wait)
            while true {
                let list = try await runner.run(ListPreviews(study: study, limit: limit))
                guard list.previews.contains(where: { $0.state == .awaited }), ContinuousClock.now < deadline else { return list }
                try await Task.sleep(for: .milliseconds(250))
            }
        }

        private func write(_ preview: PreviewShape, into folder: PictureFolder, _ runner: any OperationRunner) async throws -> String? {
            guard preview.state == .made else { return nil }
            let picture = try await runner.run(FetchPreview(study: study, instance: preview.sopInstanceUID, content: preview.contentDigest))
            return try folder.write(picture.bytes, number: preview.number)
        }
    }
}

/// A folder for pictures of patients: what is made in it is for its owner alone, and replaces nothing.
struct PictureFolder: Sendable {
    private let path: String

    /// Makes the folder where there is none. Throws `CommandFailure`.
    init(_ path: String) throws(CommandFailure) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw CommandFailure(.failed, "cannot make the folder \(path): \(String(cString: strerror(errno)))")
        }
        self.path = path
    }

    /// Writes a picture and returns its path. Throws `CommandFailure` where there is a file of that name.
    func write(_ bytes: [UInt8], number: Int) throws(CommandFailure) -> String {
        let file = "\(path)/image-\(number < 10 ? "0" : "")\(number).png"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure(.failed, "cannot write \(file): \(String(cString: strerror(errno)))") }
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count
        guard close(descriptor) == 0, isWritten else { throw CommandFailure(.failed, "cannot write \(file): \(String(cString: strerror(errno)))") }
        return file
    }
}
