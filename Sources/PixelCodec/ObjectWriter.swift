internal import DICOM

/// Writes an object in a transfer syntax, its pixels frame by frame (PS3.10 §7, PS3.5 §A.4).
struct ObjectWriter {
    private let output: OutputFile
    private let elementSyntax: TransferSyntax
    private let isEncapsulated: Bool
    /// Where the data set begins, behind preamble and file meta information.
    let dataSetOffset: Int64
    /// Where the offset table's entries lie; `nil` if it is empty.
    private var tableOffset: Int64?
    private var table: [UInt8] = []
    /// Where the first fragment's item begins.
    private var firstItemOffset: Int64 = 0

    /// Writes preamble, file meta information and the elements before the pixels.
    init(_ output: OutputFile, preamble: [UInt8], metaInformation: DataSet, dataSet: DataSet, as syntax: TransferSyntax) throws {
        self.output = output
        isEncapsulated = syntax.isEncapsulated
        elementSyntax = isEncapsulated ? .explicitVRLittleEndian : syntax
        try output.write(preamble)
        try output.write(metaInformation.encode(as: .explicitVRLittleEndian))
        dataSetOffset = output.position
        try output.write(dataSet.encode(as: elementSyntax))
    }

    /// Begins native pixels of so many bytes; their odd byte is written by `endPixels`.
    mutating func beginPixels(_ tag: Tag, vr: VR, byteCount: Int64) throws {
        let length = byteCount + byteCount % 2
        guard length <= PixelCodecLimits.maximumValueByteCount else {
            throw PixelCodecError(.limit, "Native pixels of \(length) bytes are above \(PixelCodecLimits.maximumValueByteCount)")
        }
        try writeHead(tag, vr: vr, length: UInt32(length))
    }

    /// Begins encapsulated pixels. The offset table is left empty where an entry could not say where its frame is.
    mutating func beginFragments(frameCount: Int, nativeByteCount: Int64) throws {
        try writeHead(.pixelData, vr: .OB, length: .max)
        let hasTable = frameCount > 1 && nativeByteCount <= Int64(UInt32.max) / 2
        table = [UInt8](repeating: 0, count: hasTable ? 4 * frameCount : 0)
        try output.write(Self.item(length: table.count))
        tableOffset = hasTable ? output.position : nil
        try output.write(table)
        firstItemOffset = output.position
    }

    /// Writes a frame: its cells, or its stream as one fragment.
    mutating func write(_ bytes: [UInt8], frame: Int) throws {
        guard isEncapsulated else { return try output.write(bytes) }
        if tableOffset != nil {
            guard let entry = UInt32(exactly: output.position - firstItemOffset) else {
                throw PixelCodecError(.limit, "The compressed frames are longer than their offset table can say")
            }
            table.put(entry, at: 4 * frame)
        }
        let padding: [UInt8] = bytes.count.isMultiple(of: 2) ? [] : [0]
        try output.write(Self.item(length: bytes.count + padding.count))
        try output.write(bytes + padding)
    }

    /// Ends the pixels. `byteCount`: of native ones, what was written.
    mutating func endPixels(byteCount: Int64) throws {
        guard isEncapsulated else {
            if byteCount % 2 == 1 { try output.write([0]) }
            return
        }
        if let tableOffset { try output.overwrite(table, at: tableOffset) }
        try output.write([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0])
    }

    /// Writes the elements behind the pixels, and gives the file its name.
    func finish(trailing: DataSet) throws {
        try output.write(trailing.encode(as: elementSyntax))
        try output.finish()
    }

    private func writeHead(_ tag: Tag, vr: VR, length: UInt32) throws {
        var head = [UInt8](repeating: 0, count: elementSyntax.isExplicitVR ? 12 : 8)
        head.put(UInt32(tag.group) | UInt32(tag.element) << 16, at: 0)
        if elementSyntax.isExplicitVR {
            head[4] = UInt8(vr.rawValue >> 8)
            head[5] = UInt8(vr.rawValue & 0xFF)
        }
        head.put(length, at: head.count - 4)
        try output.write(head)
    }

    private static func item(length: Int) -> [UInt8] {
        var head: [UInt8] = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]
        head.put(UInt32(length), at: 4)
        return head
    }
}
