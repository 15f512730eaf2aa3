import ArgumentParser
import DICOM
import PixelCodec
import Terminal

/// `worker preview`: a picture of an object for people.
struct PreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show a frame of an object as PNG, its window applied.",
        discussion: "The longer edge has \(Preview.smallEdge) pixels at most, unless --full asks for all of them.")

    @Option(help: "Which frame, from 1.")
    var frame = 1

    @Flag(help: "At full resolution.")
    var full = false

    @Argument(help: "The object's file.")
    var input: String

    @Argument(help: "The picture's file; none may be there.")
    var output: String

    func validate() throws {
        guard frame >= 1 else { throw ValidationError("--frame: frames are counted from 1, and \(frame) is less") }
    }

    func run() async throws {
        do {
            try await CodecProcess.use { codec in
                try await Preview(codec: codec).writePNG(
                    of: FileImageSource(path: input), to: output, frame: frame - 1, maximumEdge: full ? nil : Preview.smallEdge)
            }
        } catch let error as PixelCodecError {
            throw CommandFailure(.failed, "\(input): \(error.code): \(error)")
        } catch let error as DICOMError {
            throw CommandFailure(.failed, "\(input): \(error.code): \(error)")
        }
    }
}
