import DICOM
import DICOMNetwork
import PixelCodec

/// Writes one object after the other as it would be sent.
struct Rewriting {
    enum Outcome {
        /// These elements were changed.
        case written([Tag])
        case notDICOM
        case failed(String)
    }

    let coercion: Coercion
    let record: CoercionRecord
    let assumed: AssumedCharacterSet?

    /// Reads the whole object before anything of it is written.
    func rewrite(to target: String, _ opened: () throws -> any ObjectContent) -> Outcome {
        do {
            let content = try opened()
            guard let header = try ObjectHeader(reading: content, assuming: assumed) else { return .notDICOM }
            let object = try header.coerced(by: coercion, record: record) { try content.bytes($0) }
            try write(object, of: header, content, to: target)
            return .written(object.changes.map(\.tag))
        } catch {
            return .failed("\(error)")
        }
    }

    /// What stands before the data set and behind it stays, but that the meta header names the object as its data set does.
    private func write(_ object: CoercedObject, of header: ObjectHeader, _ content: any ObjectContent, to target: String) throws {
        let end = header.dataSetEnd ?? content.byteCount
        let front = try header.front(of: object)
        let file = try OutputFile(path: target, makesFolders: true)
        for segment in front + object.segments + [.source(end..<content.byteCount)] {
            switch segment {
            case .bytes(let bytes): try file.write(bytes)
            case .source(let range): try content.forEachPiece(of: range) { try file.write(Array($0.readableBytesView)) }
            }
        }
        try file.finish()
    }
}

extension Coercion.Change {
    /// Makes the change to an object that has nothing but its class and UTF-8, which any text can be written in: what that one does not take, none does
    /// whose element is represented as PS3.6 says.
    ///
    /// - Throws: `DICOMError` that says why it cannot be made.
    func tryOut(_ record: CoercionRecord) throws {
        var dataSet = DataSet()
        try dataSet.set(.specificCharacterSet, Coercion.Change.inUTF8.value)
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
        let object = MemoryContent(try dataSet.encode(as: .explicitVRLittleEndian))
        _ = try ObjectHeader(reading: object)?.coerced(by: Coercion([self]), record: record)
    }
}

extension ObjectHeader {
    /// The header of an object whose file is gone through but for its pixels, so that one that was cut is found; `nil`: the file holds none.
    init?(reading content: any ObjectContent, assuming assumed: AssumedCharacterSet? = nil) throws {
        var reader = ObjectHeaderReader(byteCount: content.byteCount, assuming: assumed)
        var buffer = ReadBuffer()
        try reader.readWithoutPixels(content.byteCount) { reader, range in
            buffer.clear()
            try content.read(from: range.lowerBound, count: range.count, into: &buffer)
            return try reader.feed(buffer.readableBytesView)
        }
        guard let header = try reader.finish() else { return nil }
        self = header
    }
}
