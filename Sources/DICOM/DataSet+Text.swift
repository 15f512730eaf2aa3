extension DataSet {
    /// The character set of this data set's text: its own, or that of the data set that encloses it.
    public var characterSet: SpecificCharacterSet {
        guard let index = index(of: .specificCharacterSet) else { return enclosing.characterSet }
        let record = records[index]
        guard !record.isOmitted, record.vr != .SQ, !record.hasUndefinedLength else { return enclosing.characterSet }
        // Whatever it is written as: implicit data sets do not say that.
        return SpecificCharacterSet(declaredBy: Self.latin1(littleEndianValue(of: record)[...]), assuming: enclosing.characterSet.assumed)
    }

    /// Whether text of this data set is read by the character set that is assumed: it declares none, or a wrong one, and has text beyond ASCII.
    public var usesAssumedCharacterSet: Bool {
        guard characterSet.isAssumed else { return false }
        return records.contains { record in
            !record.isOmitted && Element.effectiveVR(of: record.tag, writtenAs: record.vr).usesCharacterSet
                && bytes[record.valueRange].contains { $0 >= 0x80 }
        }
    }

    /// The text of an element, its values joined by backslashes, without the spaces and NULs at each value's end, of
    /// person names without the delimiters of empty component groups at the end.
    ///
    /// `nil` if it is absent, is no text, or was too long to be kept; `""` if it is there without a value. Bytes that
    /// the character set does not know become U+FFFD.
    public func string(_ tag: Tag) -> String? {
        index(of: tag).flatMap { string(at: $0) }
    }

    func string(at index: Int) -> String? { string(at: index, in: characterSet) }

    /// The same for one who asks for many, and has looked for the character set once. Most text is ASCII, and needs none.
    func string(at index: Int, in characterSet: @autoclosure () -> SpecificCharacterSet) -> String? {
        let record = records[index]
        let vr = Element.effectiveVR(of: record.tag, writtenAs: record.vr)
        guard vr.isText, !record.isOmitted, !record.hasUndefinedLength else { return nil }
        return text(of: bytes[record.valueRange], vr: vr, in: characterSet())
    }

    /// The values of an element; empty if it is absent, without value, or no text.
    public func strings(_ tag: Tag) -> [String] {
        guard let text = string(tag), !text.isEmpty else { return [] }
        return text.divided(at: "\\").map(String.init)
    }

    /// The first number of an element: of a binary one, or of an integer string (IS), which has 32 bits too (PS3.5 §6.2). `nil` if there
    /// is none.
    public func integer(_ tag: Tag) -> Int? {
        guard let element = self[tag], let value = element.value else { return nil }
        let number = Array(value.prefix(4))
        switch element.effectiveVR {
        case .IS:
            return strings(tag).first.flatMap { Int32($0.drop { $0 == " " || $0 == "\0" }) }.map(Int.init)
        case .US where number.count >= 2, .SS where number.count >= 2:
            let bits = number.uint16(at: 0, bigEndian: encoding.isBigEndian)
            return element.effectiveVR == .US ? Int(bits) : Int(Int16(bitPattern: bits))
        case .UL where number.count == 4, .SL where number.count == 4:
            let bits = number.uint32(at: 0, bigEndian: encoding.isBigEndian)
            return element.effectiveVR == .UL ? Int(bits) : Int(Int32(bitPattern: bits))
        default:
            return nil
        }
    }

    /// The first number of an element whose numbers are of 16 bits without sign (US), as Rows is: `nil` if there is none, or one that no
    /// such element can have.
    public func unsigned16(_ tag: Tag) -> Int? {
        integer(tag).flatMap { UInt16(exactly: $0) }.map(Int.init)
    }

    /// What the element of a group length says (PS3.5 §7.2): a UL of four bytes, and nothing else.
    func groupLength(at index: Int) -> UInt32? {
        guard records[index].tag.isGroupLength else { return nil }
        let element = element(at: index)
        guard element.effectiveVR == .UL, let value = element.value, value.count == 4 else { return nil }
        return Array(value).uint32(at: 0, bigEndian: encoding.isBigEndian)
    }

    private func text(of value: ArraySlice<UInt8>, vr: VR, in characterSet: @autoclosure () -> SpecificCharacterSet) -> String {
        if vr != .PN, value.allSatisfy({ $0 < 0x80 && $0 != SpecificCharacterSet.escape }) {
            return Self.ascii(value, vr: vr)
        }
        return Self.withoutPadding(vr.usesCharacterSet ? characterSet().decode(value, vr: vr) : Self.latin1(value), vr: vr)
    }

    /// Each value without the spaces and NULs at its end, of person names without the delimiters of empty groups there.
    static func withoutPadding(_ text: String, vr: VR) -> String {
        guard vr.isMultiValuedText else { return withoutPadding(text[...]) }
        return text.divided(at: "\\")
            .map { withoutPadding($0, delimiter: vr == .PN ? "=" : nil) }
            .joined(separator: "\\")
    }

    /// The same as the general way, for what nearly all values are.
    private static func ascii(_ value: ArraySlice<UInt8>, vr: VR) -> String {
        guard vr.isMultiValuedText, value.contains(0x5C) else {
            return String(decoding: value[..<lastSignificantEnd(value)], as: UTF8.self)
        }
        return value.split(separator: 0x5C, omittingEmptySubsequences: false)
            .map { String(decoding: $0[..<lastSignificantEnd($0)], as: UTF8.self) }
            .joined(separator: "\\")
    }

    /// The index after the last byte that is no padding.
    private static func lastSignificantEnd(_ value: ArraySlice<UInt8>) -> Int {
        value.lastIndex { $0 != 0x20 && $0 != 0x00 }.map { $0 + 1 } ?? value.startIndex
    }

    /// Without padding; of a person name also without the delimiters of empty groups at its end (PS3.5 §6.2.1).
    private static func withoutPadding(_ text: Substring, delimiter: Unicode.Scalar? = nil) -> String {
        var scalars = text.unicodeScalars
        while let last = scalars.last, last == " " || last == "\0" { scalars.removeLast() }
        while let delimiter, scalars.last == delimiter { scalars.removeLast() }
        return String(Substring(scalars))
    }

    static func latin1(_ value: ArraySlice<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in value { text.append(Unicode.Scalar(byte)) }
        return String(text)
    }
}

extension String {
    /// What stands between the delimiters, which may have a combining mark behind them.
    func divided(at delimiter: Unicode.Scalar) -> [Substring] {
        unicodeScalars.split(separator: delimiter, omittingEmptySubsequences: false).map(Substring.init)
    }
}
