/// Takes the elements of a data set from bytes that come in pieces, up to the pixels.
struct HeaderParser: Sendable {
    let scanner: ElementScanner
    /// Bytes of the whole source, if they are known.
    let sourceByteCount: Int64?
    private(set) var bytes: [UInt8]
    private(set) var records: [ElementRecord] = []
    /// Where the next element begins in `bytes`.
    private(set) var position: Int
    /// The head of the element of the pixels.
    private(set) var pixels: ElementHead?
    /// Where the element of the pixels begins in the source.
    private(set) var pixelDataOffset: Int64?
    /// Whether zeros follow the last element instead of another one.
    private(set) var hasPadding = false

    /// Whether long values are kept too, as far as the header's bound allows.
    private let keepsLongValues: Bool
    /// What an index of `bytes` must be raised by to be an offset in the source.
    private var shift: Int64
    /// Bytes of an omitted value that are still to come.
    private var skipped: Int64 = 0
    /// A value without length is looked through again when there are this many bytes: twice as many each time, so
    /// that the work stays linear.
    private var retryCount = 0

    /// Begins at `position` in the bytes that are there already.
    init(_ bytes: [UInt8], at position: Int, encoding: ElementEncoding, sourceByteCount: Int64?, keepsLongValues: Bool) {
        self.keepsLongValues = keepsLongValues
        scanner = ElementScanner(encoding: encoding)
        self.bytes = bytes
        self.position = position
        self.sourceByteCount = sourceByteCount
        shift = 0
    }

    /// Offset in the source of the next element.
    var offset: Int64 { Int64(position) + shift + skipped }

    /// Whether the header is complete.
    var isComplete: Bool { pixelDataOffset != nil || hasPadding }

    /// The bytes that were handed over and belong to what follows the header.
    var rest: ArraySlice<UInt8> { bytes[position...] }

    mutating func append(_ piece: UnsafeBufferPointer<UInt8>) {
        let dropped = Int(min(skipped, Int64(piece.count)))
        skipped -= Int64(dropped)
        shift += Int64(dropped)
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: piece[dropped...]))
    }

    /// Takes the elements that are there, up to the pixels. `isWhole`: no more bytes will come.
    mutating func parse(isWhole: Bool) throws(DICOMError) {
        try checkHeaderSize()
        guard skipped == 0, bytes.count >= retryCount || isWhole else { return }
        while skipped == 0, let head = nextHead() {
            if head.tag.isPixelData {
                pixels = head
                pixelDataOffset = offset
            }
            // No file holds a command group: these are zeros that fill up the file.
            if head.tag.group == 0 { hasPadding = true }
            guard !isComplete, try take(head) else { return }
        }
    }

    private func nextHead() -> ElementHead? {
        scanner.head(
            in: bytes, at: position, limit: bytes.count, remaining: sourceByteCount.map { $0 - offset })
    }

    /// Records the element; false if it is not all there.
    private mutating func take(_ head: ElementHead) throws(DICOMError) -> Bool {
        guard head.tag.group != Tag.item.group else {
            throw DICOMError(.malformed, "An item or delimiter stands outside of a sequence", tag: head.tag, offset: offset)
        }
        guard records.count < DataSet.maximumElementCount else {
            throw DICOMError(.limit, "The header has more than \(DataSet.maximumElementCount) elements", tag: head.tag, offset: offset)
        }
        if !head.hasUndefinedLength {
            try checkFits(head)
            if isTooLong(head) {
                omit(head)
                return true
            }
        }
        let end = try end(of: head)
        guard let end, end <= bytes.count else {
            retryCount = end ?? position + 2 * (bytes.count - position)
            return false
        }
        records.append(ElementRecord(
            head: head, start: position, end: end, sourceOffset: offset, byteCount: Int64(end - position)))
        position = end
        return true
    }

    private func isTooLong(_ head: ElementHead) -> Bool {
        let room = ObjectHeaderReader.maximumHeaderByteCount - position - ObjectHeaderReader.blockByteCount
        return head.length > ObjectHeaderReader.maximumKeptValueByteCount
            && !(keepsLongValues && Int(head.length) < room)
            && Element.effectiveVR(of: head.tag, writtenAs: head.vr) != .SQ
    }

    private mutating func omit(_ head: ElementHead) {
        let end = position + head.byteCount
        records.append(ElementRecord(
            head: head, start: position, end: end, sourceOffset: offset,
            byteCount: Int64(head.byteCount) + Int64(head.length), isOmitted: true))
        let present = min(Int(head.length), bytes.count - end)
        bytes.removeSubrange(end..<end + present)
        shift += Int64(present)
        skipped = Int64(head.length) - Int64(present)
        position = end
    }

    private func checkFits(_ head: ElementHead) throws(DICOMError) {
        guard let sourceByteCount, offset + Int64(head.byteCount) + Int64(head.length) > sourceByteCount else { return }
        throw DICOMError(
            .truncated, "An element of \(head.length) bytes ends beyond the file's \(sourceByteCount)", tag: head.tag,
            offset: offset)
    }

    private func checkHeaderSize() throws(DICOMError) {
        guard bytes.count > ObjectHeaderReader.maximumHeaderByteCount else { return }
        throw DICOMError(
            .limit, "The header is longer than \(ObjectHeaderReader.maximumHeaderByteCount) bytes", tag: tagAtHand,
            offset: offset)
    }

    /// The element that is next; where its head is not all there, or a value is passed over, the last one.
    private var tagAtHand: Tag? { (skipped == 0 ? nextHead()?.tag : nil) ?? records.last?.tag }

    private func end(of head: ElementHead) throws(DICOMError) -> Int? {
        do throws(DICOMError) {
            return try scanner.end(of: head, in: bytes, at: position, limit: bytes.count)
        } catch {
            // The scanner counts in `bytes`.
            throw error.moved(by: shift)
        }
    }

    /// What is wrong with a source that ended here; `nil` if it ended between two elements.
    var errorAtEnd: DICOMError? {
        if skipped > 0, let last = records.last {
            return DICOMError(.truncated, "The file ends within an element", tag: last.tag, offset: last.sourceOffset)
        }
        guard let head = nextHead() else {
            // Fewer than eight zeros are padding; with eight bytes, only a length of four bytes can be missing.
            guard bytes.count - position >= 8 || rest.contains(where: { $0 != 0 }) else { return nil }
            return DICOMError(.truncated, "The file ends within the head of an element", offset: offset)
        }
        return DICOMError(.truncated, "The file ends within an element", tag: head.tag, offset: offset)
    }

    func dataSet() -> DataSet {
        DataSet(bytes: bytes, records: records, encoding: scanner.encoding)
    }
}
