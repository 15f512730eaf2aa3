import CZlib
import Foundation
import LineProtocol
import Migration
@testable import PixelCodec
@testable import Previews

/// A folder of the test's own, removed with the last reference.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "skein-previews-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The permissions of what is at a path in it.
    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
        return (attributes[.posixPermissions] as? Int ?? 0) & 0o777
    }
}

/// A PNG as the workers' own coder writes it, of pixels that do not deflate.
func noise(_ columns: Int, _ rows: Int, samples: Int = 1, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(state: seed)
    let bytes = (0..<columns * rows * samples).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return PNG.encode(Picture(columns: columns, rows: rows, samples: samples, bytes: bytes))
}

/// A chunk with its length and checksum.
func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    let number = { (value: Int) in (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    return number(content.count) + body + number(Int(crc32(0, body, uInt(body.count))))
}

/// SplitMix64, seeded.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A book on the bench, with time moved by hand.
struct Bench {
    var book = PreviewBook()
    var now = Instant(milliseconds: 1_000_000)

    static let worker = "6f1b2c3d-0000-4000-8000-000000000001"
    static let grant = GrantNumber(7)

    /// Images of a study, one series, all with one worker.
    static func choice(_ study: String, count: Int, of worker: String = worker, grant: GrantNumber = grant) -> PreviewChoice {
        let copies = (0..<count).map { position in
            PreviewChoice.Copy(
                content: content("\(study).1.\(position)"), seriesInstanceUID: "\(study).1", label: "CD-1",
                holder: PreviewHolder(identity: worker, name: "gateway1", mediumGrant: grant, position: position))
        }
        return PreviewChoice(of: study, among: copies, limit: count)
    }

    /// The content of an image of which there is one.
    static func content(_ sopInstanceUID: String) -> ImageContent { ImageContent(sopInstanceUID, digest: "d") }

    mutating func want(_ choice: PreviewChoice, isOfPerson: Bool = true) {
        for image in choice.images { _ = book.want(image, of: choice.studyInstanceUID, from: image.holders[0], isOfPerson: isOfPerson, at: now) }
    }

    mutating func orders(_ worker: String = worker) -> [WorkerOrder] { book.orders(for: worker, at: now) }

    mutating func say(_ study: String, _ position: Int, _ matter: PreviewRequest.Matter, _ worker: String = worker) -> PreviewBook.Taking {
        book.take(
            PreviewRequest(mediumGrant: Self.grant, studyInstanceUID: study, position: position, matter: matter), from: worker, at: now)
    }

    /// Says a picture in pieces of so many bytes, and its end; what came of the last line.
    mutating func say(_ study: String, _ position: Int, _ png: [UInt8], piecesOf size: Int = LineLimits.previewPieceByteCount) -> PreviewBook.Taking {
        var count = 0
        for start in stride(from: 0, to: png.count, by: size) {
            let taking = say(study, position, .piece(number: count, Array(png[start..<min(start + size, png.count)])))
            count += 1
            guard taking == .reply(.preview(PreviewReply(pieces: count, isClosed: false))) else { return taking }
        }
        return say(study, position, .end(PreviewEnd(pieces: count, byteCount: png.count, digest: PictureDigest.of(png))))
    }
}

extension PreviewBook.Taking {
    var code: LineError.Code? { if case .reply(.error(let error)) = self { error.code } else { nil } }
    var isStale: Bool { if case .reply(.stale) = self { true } else { false } }
    var isPicture: Bool { if case .picture = self { true } else { false } }
}
