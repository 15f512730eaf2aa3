import ArgumentParser
import DICOM
import Foundation
import PixelCodec
import Terminal

/// `worker preview`: a picture of an object for people.
struct PreviewCommand: ParsableCommand {
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

    @Argument(help: "The picture's file.")
    var output: String

    func run() throws {
        do {
            let png = try Preview(codec: CodecProcess()).png(
                of: FileImageSource(path: input), frame: frame - 1, maximumEdge: full ? nil : Preview.smallEdge)
            try Data(png).write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch let error as PixelCodecError {
            throw CommandFailure(.failed, "\(input): \(error.code): \(error)")
        } catch let error as DICOMError {
            throw CommandFailure(.failed, "\(input): \(error.code): \(error)")
        }
    }
}
