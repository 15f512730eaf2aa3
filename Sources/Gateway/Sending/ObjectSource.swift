import DICOM
import DICOMNetwork
import Media
import Migration

/// The bytes of one object's file up to the end of its data set, in the spool or on a medium that stays online. No file stays open between two reads.
enum ObjectSource: Sendable {
    case staged(StagedObject, byteCount: Int64)
    case online(any Medium, MediumFile, byteCount: Int64)

    var byteCount: Int64 {
        switch self {
        case .staged(_, let byteCount): byteCount
        case .online(_, _, let byteCount): byteCount
        }
    }

    /// Hands over a range of the file in pieces.
    ///
    /// - Throws: when the bytes are not all there.
    func read(_ range: Range<Int64>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        switch self {
        case .online(let medium, let file, _): try medium.read(file, range: range, body)
        case .staged(let object, _): try object.read(range, body)
        }
    }

    /// The object's header, read from no more of the file than it takes, its text by `assumed` where it declares no character set, or a wrong one.
    ///
    /// - Throws: ``DICOMError``, or what keeps the file from being read.
    func header(assuming assumed: AssumedCharacterSet? = nil) throws -> ObjectHeader {
        var reader = ObjectHeaderReader(byteCount: byteCount, assuming: assumed)
        var offset: Int64 = 0
        while offset < byteCount {
            // Small steps: most headers are a few kilobytes long.
            let end = min(offset + Int64(ObjectSource.headerStep), byteCount)
            var found: ObjectHeader?
            try read(offset..<end) { chunk in
                if case .done(let header) = try reader.feed(chunk) { found = header }
            }
            if let found { return found }
            offset = end
        }
        guard let header = try reader.finish() else { throw GatewayError(.spool, "a staged file is no DICOM object any more") }
        return header
    }

    private static let headerStep = 16 << 10

    /// Checks that the file still has the bytes that were read from the medium: a spool's disk may rot, a disc that stays online too.
    ///
    /// - Throws: ``SourceChanged``, or what keeps the file from being read.
    func check(against record: InstanceRecord) throws {
        var digester = ContentDigester()
        try read(0..<record.byteCount) { chunk in chunk.withUnsafeBytes { digester.update($0) } }
        guard digester.digest().description == record.sha256 else { throw SourceChanged() }
    }
}

/// An object's file has other bytes than those that were read from the medium.
struct SourceChanged: Error {
    /// What the destination's people are told; no file is named.
    var reason = "the bytes are not those that were read from the medium: their SHA-256 differs; nothing of them was sent"

    /// A staged file that is shorter than the object.
    static func cut(at offset: Int64) -> SourceChanged { SourceChanged(reason: "the staged file ends at byte \(offset)") }

    /// A sealed file that does not open.
    static var sealBroken: SourceChanged {
        SourceChanged(reason: "what was staged cannot be decrypted: it was changed, cut, or sealed under another key")
    }
}

/// The file as the source of what is sent. Throws ``UnreadableContent``.
extension ObjectSource: ObjectContent {
    func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws {
        do {
            // Into the buffer that goes to the socket: an array between would be a copy of all pixels.
            _ = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
                try fill(UnsafeMutableRawBufferPointer(rebasing: room[..<count]), from: offset)
                return count
            }
        } catch {
            throw UnreadableContent(reason: reason(of: error))
        }
    }

    private func fill(_ memory: UnsafeMutableRawBufferPointer, from offset: Int64) throws {
        switch self {
        case .online(let medium, let file, _): try medium.read(file, at: offset, into: memory)
        case .staged(let object, _): try object.read(at: offset, into: memory)
        }
    }
}
