internal import DICOM

/// A deflated data set (PS3.5 §A.5) as the source of an image: inflated piece by piece as it is read, never held as a whole. What was passed is
/// inflated again, from the last mark before it. Of what lies behind the deflated stream no more than a piece is read. For one thread at a time.
final class InflatedImageSource: ImageSource {
    /// Deflated bytes that are read at a time: they inflate to a thousand times as many at the most.
    static let readByteCount: Int64 = 4 << 10
    /// Inflated bytes from one mark to the next; each costs about 50 KiB.
    static let markDistance: Int64 = 16 << 20

    /// How far a stream was inflated.
    private struct Place {
        var inflater = Inflater()
        /// Where the source's next bytes are.
        var next: Int64
        /// What was inflated last, and how many bytes before it.
        var piece: [UInt8] = []
        var pieceOffset: Int64 = 0

        var end: Int64 { pieceOffset + Int64(piece.count) }
        var mark: Place { Place(inflater: inflater, next: next, pieceOffset: end) }
    }

    private let source: any ImageSource
    private var place: Place
    private var marks: [Place]
    private(set) var byteCount: Int64 = 0

    /// The data set that lies deflated in `source` from `offset` on; it is inflated once, to be measured.
    ///
    /// Throws `DICOMError` of code `deflate`; `PixelCodecError` of code `malformed` where the stream is cut; what the source throws.
    init(_ source: any ImageSource, from offset: Int64) throws {
        self.source = source
        place = Place(next: offset)
        marks = [place]
        while try advance() {
            if place.end - marks[marks.count - 1].end >= Self.markDistance { marks.append(place.mark) }
        }
        byteCount = place.end
    }

    func bytes(_ range: Range<Int64>) throws -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= byteCount else {
            throw PixelCodecError(.malformed, "The object ends before byte \(range.upperBound)")
        }
        goBack(to: range.lowerBound)
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        while result.count < range.count {
            let held = (range.lowerBound + Int64(result.count)..<range.upperBound).clamped(to: place.pieceOffset..<place.end)
            result += place.piece[Int(held.lowerBound - place.pieceOffset)..<Int(held.upperBound - place.pieceOffset)]
            guard try result.count == range.count || advance() else {
                throw PixelCodecError(.malformed, "The deflated object changed while it was read")
            }
        }
        return result
    }

    /// To a place from which `offset` is reached by going on.
    private func goBack(to offset: Int64) {
        guard offset < place.pieceOffset, let mark = marks.last(where: { $0.end <= offset }) else { return }
        place = mark
    }

    /// Inflates the next piece; `false` at the end of the stream.
    private func advance() throws -> Bool {
        guard !place.inflater.isFinished else { return false }
        let end = min(place.next + Self.readByteCount, source.byteCount)
        guard place.next < end else { throw PixelCodecError(.malformed, "The deflated data set is cut") }
        let piece = try place.inflater.inflatePiece(source.bytes(place.next..<end))
        (place.pieceOffset, place.piece, place.next) = (place.end, piece, end)
        return true
    }
}
