import ArgumentParser
import DICOM
import Foundation
import Gateway
import PixelCodec
import Terminal

/// `worker transcode`: one object in another transfer syntax, without loss.
struct TranscodeCommand: AsyncParsableCommand {
    private static let names = TransferSyntax.transcodingTargets.map(\.name).joined(separator: ", ")

    static let configuration = CommandConfiguration(
        commandName: "transcode",
        abstract: "Write an object in another transfer syntax, without loss.",
        discussion: """
            What is compressed is decoded again and compared, bit for bit, before OUTPUT is there. An object with data above \
            Bits Stored is not compressed, since receivers would lose it. Changed attributes stand in Original Attributes \
            Sequence. Exit status 1 if the object stays as it is: the reason is told, with its code.
            """)

    @Option(help: "The transfer syntax: \(Self.names), or its UID.")
    var to: String

    @Flag(help: "Decompress pixels that were compressed with loss, to implicit or explicit only; Lossy Image Compression becomes 01.")
    var decompressLossy = false

    @Flag(help: "Print one JSON document.")
    var json = false

    @Argument(help: "The object's file.")
    var input: String

    @Argument(help: "The new file; none may be there.")
    var output: String

    func run() async throws {
        guard let target = TransferSyntax.transcodingTargets.first(where: { $0.name == to || $0.syntax.uid == to })?.syntax else {
            throw CommandFailure(.usage, "--to: \(to) is none of \(Self.names)")
        }
        guard !decompressLossy || !target.isEncapsulated else {
            throw CommandFailure(.usage, "--decompress-lossy goes with --to implicit and explicit only: what was compressed with loss is not compressed again")
        }
        do {
            let report = try await CodecProcess.use { codec in
                try await Transcoder(codec: codec).transcode(
                    FileImageSource(path: input), to: output, as: target, decompressesLossy: decompressLossy,
                    record: CoercionRecord(modifyingSystem: Implementation.modifyingSystem, dateTime: WallClock.dateTime()))
            }
            try show(Outcome(report))
        } catch let error as PixelCodecError {
            throw CommandFailure(.failed, "\(input): \(error.code): \(error)")
        } catch let error as DICOMError {
            throw CommandFailure(.failed, "\(input): \(error.code): \(error)")
        }
    }

    private func show(_ outcome: Outcome) throws {
        guard !json else { return try Standard.json(outcome) }
        let frames = outcome.frames == 0 ? "pixels as they were" : "\(outcome.frames) frames"
        try Standard.output("\(outcome.from) → \(outcome.to), \(frames)")
        for change in outcome.changes {
            try Standard.output(Standard.plain("\(change.tag) \(change.keyword): \(change.previous ?? "absent") → \(change.value ?? "removed")"))
        }
    }
}

/// What `worker transcode` prints.
private struct Outcome: Encodable {
    struct Change: Encodable {
        let tag: String
        let keyword: String
        let previous: String?
        let value: String?
    }

    let from: String
    let to: String
    let frames: Int
    let wasLossy: Bool
    let changes: [Change]

    init(_ report: TranscodingReport) {
        from = report.from.uid
        to = report.to.uid
        frames = report.frameCount
        wasLossy = report.wasLossy
        changes = report.changes.map {
            Change(tag: $0.tag.description, keyword: DataDictionary.keyword(of: $0.tag) ?? "", previous: $0.previous, value: $0.value)
        }
    }
}
