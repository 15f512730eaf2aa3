import Testing

@testable import DICOM

@Suite struct WheelTests {
    @Test func `every real file is read the same in pieces of any size`() throws {
        var objects = 0
        for (name, bytes) in try Wheel.allFiles() {
            let whole = outcome(of: bytes, pieceByteCount: 1 << 20)
            for size in [1, 7, 4096] where bytes.count / size < 40_000 {
                #expect(outcome(of: bytes, pieceByteCount: size) == whole, "\(name) in pieces of \(size)")
            }
            objects += whole.hasPrefix("object") ? 1 : 0
        }
        #expect(objects > 150)
    }

    @Test func `every real file, whole or cut, is read the same when what may be skipped is skipped`() throws {
        var skipped: Int64 = 0
        for (name, bytes) in try Wheel.allFiles() {
            for count in Set([bytes.count, bytes.count - 1, bytes.count / 2]) where count > 0 {
                let cut = Array(bytes[..<count])
                let reading = skipping(cut)
                #expect(reading.outcome == outcome(of: cut, pieceByteCount: 1 << 20), "\(name), \(count) bytes")
                skipped += reading.skipped
            }
        }
        #expect(skipped > 1_000_000)
    }

    private func skipping(_ bytes: [UInt8]) -> (outcome: String, skipped: Int64) {
        var reader = ObjectHeaderReader(byteCount: Int64(bytes.count))
        var (offset, skipped) = (0, 0)
        do {
            while offset < bytes.count {
                let count = min(Int(reader.skippableByteCount), bytes.count - offset)
                reader.skip(Int64(count))
                skipped += count
                let end = min(offset + count + 100, bytes.count)
                if case .notDICOM = try reader.feed(bytes[(offset + count)..<end]) { break }
                offset = end
            }
            return (outcome(of: try reader.finish()), Int64(skipped))
        } catch {
            return ("\(error)", Int64(skipped))
        }
    }

    /// What a reader says of a file, as text.
    private func outcome(of bytes: [UInt8], pieceByteCount: Int) -> String {
        do {
            return outcome(of: try ObjectHeader.read(bytes, pieceByteCount: pieceByteCount))
        } catch {
            return "\(error)"
        }
    }

    private func outcome(of header: ObjectHeader?) -> String {
        guard let header else { return "no object" }
        let end = header.dataSetEnd.map { "\($0)" } ?? "?"
        let elements = header.dataSet.elements.map { "\($0.tag)\($0.vr)\($0.valueByteCount)\($0.value?.hashValue ?? 0)" }
        return "object \(header.transferSyntax.uid) \(end) \(elements.joined())"
    }

    @Test func `a data set that was read and not changed gives the bytes it was read from`() throws {
        for (name, bytes, header) in try Wheel.objects() where !header.transferSyntax.isDeflated {
            guard let end = header.dataSetEnd, header.dataSet.encoding == header.transferSyntax.encoding else { continue }
            let source = Array(bytes[Int(header.dataSetOffset)..<Int(end)])
            let dataSet = try DataSet(parsing: source, as: header.transferSyntax)
            #expect(try dataSet.encode(as: header.transferSyntax) == source, "\(name)")
        }
    }

    @Test func `an object without changes is sent as it lies in its file`() throws {
        let record = CoercionRecord(modifyingSystem: "SKEIN", dateTime: "20260101120000")
        for (name, bytes, header) in try Wheel.objects() {
            guard header.dataSet.encoding == header.transferSyntax.encoding else { continue }
            let sent = try header.coerced(by: Coercion(), record: record)
            #expect(sent.segments == [.source(header.dataSetOffset..<Int64(bytes.count) - (header.trailingByteCount ?? 0))], "\(name)")
        }
    }

    @Test func `a data set goes through every encoding and back`() throws {
        let syntaxes: [TransferSyntax] = [
            .implicitVRLittleEndian, .explicitVRBigEndian, .deflatedExplicitVRLittleEndian, .explicitVRLittleEndian,
        ]
        for name in ["CT_small.dcm", "MR_small.dcm", "rtplan.dcm", "test-SR.dcm", "rtstruct.dcm"] {
            let header = try ObjectHeader.wheel(name)
            // Implicit elements lose the representation of what PS3.6 does not know.
            let tags = header.dataSet.elements.map(\.tag).filter { DataDictionary.vr(of: $0) != nil }
            let texts = tags.map { header.dataSet.string($0) }
            var dataSet = header.dataSet
            for syntax in syntaxes {
                dataSet = try DataSet(parsing: dataSet.encode(as: syntax), as: syntax)
                #expect(dataSet.elements.map(\.tag) == header.dataSet.elements.map(\.tag), "\(name)")
                #expect(dataSet.integer(.rows) == header.dataSet.integer(.rows), "\(name)")
            }
            #expect(tags.map { dataSet.string($0) } == texts, "\(name)")
        }
    }
}
