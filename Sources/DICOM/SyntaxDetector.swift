/// Finds out by content how a data set is written.
enum SyntaxDetector {
    /// Whether a data set that is said to be deflated is so: it does not begin with an element.
    static func isDeflated(_ bytes: [UInt8], at start: Int, declared: TransferSyntax?) -> Bool {
        guard let declared, declared.isDeflated else { return false }
        guard start + 8 <= bytes.count else { return true }
        return bytes.uint16(at: start, bigEndian: false) != 0x0008 || !VR(bytes[start + 4], bytes[start + 5]).isKnown
    }

    /// By the first element: two letters that are a representation, and the byte order in which its group is low; where it
    /// is low in neither, the declared order counts. `nil` if there is none.
    static func encoding(of bytes: [UInt8], at start: Int, declared: TransferSyntax? = nil) -> ElementEncoding? {
        guard start + 8 <= bytes.count else { return nil }
        guard VR(bytes[start + 4], bytes[start + 5]).isKnown else { return .implicitLittleEndian }
        if let declared, declared.isExplicitVR, bytes[start] != 0, bytes[start + 1] != 0 { return declared.encoding }
        let little = bytes.uint16(at: start, bigEndian: false)
        let big = bytes.uint16(at: start, bigEndian: true)
        return big < little ? .explicitBigEndian : .explicitLittleEndian
    }

    /// Whether a file without preamble begins with a meta header or data set: its first two elements are of known
    /// tags, in order, and fit into the file. `nil`: more bytes must tell, at most those of one short value. `isWhole`: there are no more.
    static func isDataSet(_ bytes: [UInt8], isWhole: Bool, byteCount: Int64?) -> Bool? {
        let byteCount = byteCount ?? (isWhole ? Int64(bytes.count) : nil)
        guard let encoding = encoding(of: bytes, at: 0) else { return false }
        let scanner = ElementScanner(encoding: encoding)
        guard let first = scanner.head(in: bytes, at: 0, limit: bytes.count, remaining: byteCount),
            first.tag.group == 0x0002 || first.tag.group == 0x0008, isPlausible(first)
        else { return false }
        let next = first.byteCount + Int(first.length)
        if let byteCount, Int64(next) > byteCount { return false }
        guard let second = scanner.head(in: bytes, at: next, limit: bytes.count, remaining: nil) else {
            // The only element, or the second one is not there yet.
            if let byteCount, Int64(next) == byteCount { return true }
            return isWhole ? false : nil
        }
        // The meta header may be followed by a data set in another encoding.
        return second.tag > first.tag && (isPlausible(second) || first.tag.group == 0x0002)
    }

    /// Whether a file begins as some ACR-NEMA objects do: with the length of group 0008, four bytes, the most significant
    /// one first, and another element of that group.
    static func isImplicitBigEndian(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04])
            && bytes.count >= 20 && bytes[12] == 0x00 && bytes[13] == 0x08
    }

    /// PS3.6 knows the element. Values of the first elements are short; none of theirs has an undefined length.
    private static func isPlausible(_ head: ElementHead) -> Bool {
        guard DataDictionary.vr(of: head.tag) != nil || head.tag.isPrivate else { return false }
        return head.length <= UInt32(UInt16.max)
    }
}
