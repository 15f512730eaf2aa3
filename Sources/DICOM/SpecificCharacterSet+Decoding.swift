extension SpecificCharacterSet {
    /// The text of a value; bytes that the set does not know become U+FFFD.
    ///
    /// Escape sequences are obeyed whether or not their set was declared.
    func decode(_ value: ArraySlice<UInt8>, vr: VR) -> String {
        if value.allSatisfy({ $0 < 0x80 && $0 != Self.escape }) { return String(decoding: value, as: UTF8.self) }
        return switch repertoire {
        case .standAlone("UTF-8"):
            String(decoding: value, as: UTF8.self)
        case .standAlone(let encoding):
            Self.decodeStandAlone(value, encoding)
        case .extensible(let initial, _):
            Self.decode(value, initial: initial, delimiters: Self.delimiters(of: vr), otherwise: .latin1)
        }
    }

    /// The text of a value beyond ASCII, as a digest takes it; `nil` where no set is declared, or the sets do not know all bytes.
    func decodeExactly(_ value: ArraySlice<UInt8>, vr: VR) -> String? { isExtended ? decodeWholly(value, vr: vr) : nil }

    /// The text of a value beyond ASCII by the sets that are declared, assumed, or called by its escape sequences; `nil` if they do not know all bytes.
    func decodeWholly(_ value: ArraySlice<UInt8>, vr: VR) -> String? {
        let text = switch repertoire {
        case .standAlone: decode(value, vr: vr)
        case .extensible(let initial, _): Self.decode(value, initial: initial, delimiters: Self.delimiters(of: vr), otherwise: nil)
        }
        return text.unicodeScalars.contains("\u{FFFD}") ? nil : text
    }

    /// The text of `bytes` that other standards than DICOM write in these sets, with the escape sequences of ISO 2022; at control characters the sets of the
    /// first term come back. `nil` if the sets do not know all bytes.
    public func text(of bytes: ArraySlice<UInt8>) -> String? { decodeWholly(bytes, vr: .UT) }

    /// Characters at which the sets of the first term come back into use (PS3.5 §6.1.2.5.3).
    static func delimiters(of vr: VR) -> [UInt8] {
        let controls: [UInt8] = [0x09, 0x0A, 0x0C, 0x0D]
        return switch vr {
        case .PN: controls + [0x5C, 0x5E, 0x3D]
        case .LT, .ST, .UT: controls
        default: controls + [0x5C]
        }
    }

    private static func decodeStandAlone(_ value: ArraySlice<UInt8>, _ encoding: String) -> String {
        guard let converter = Iconv(from: encoding, to: "UTF-8") else { return "\u{FFFD}" }
        if let text = converter.convert(value) { return String(decoding: text, as: UTF8.self) }
        var text = ""
        var rest = value
        while !rest.isEmpty {
            // GB18030 writes a character in one, two or four bytes.
            let length = [1, 2, 4].first { $0 <= rest.count && converter.convert(rest.prefix($0)) != nil }
            let character = length.flatMap { converter.convert(rest.prefix($0)) }
            text += character.map { String(decoding: $0, as: UTF8.self) } ?? "\u{FFFD}"
            rest = rest.dropFirst(length ?? 1)
        }
        return text
    }

    /// Where no set fills G1, `otherwise` does; without one, what no set has becomes U+FFFD, unknown escape sequences too.
    private static func decode(
        _ value: ArraySlice<UInt8>, initial: [CodeElement], delimiters: [UInt8], otherwise: CodeElement?
    ) -> String {
        let firstG0 = initial.first { $0.half == .g0 && $0.width == 1 } ?? .ascii
        let firstG1 = initial.first { $0.half == .g1 } ?? otherwise
        var (g0, g1) = (firstG0, firstG1)
        var text = ""
        var index = value.startIndex
        while index < value.endIndex {
            let byte = value[index]
            if byte == escape, let called = CodeElement.designated(in: value, at: index) {
                if called.half == .g0 { g0 = called } else { g1 = called }
                index += 1 + called.escape.utf8.count
            } else if byte >= 0x80 {
                let run = value[index...].prefix { $0 >= 0x80 }
                text += g1?.decode(run) ?? "\u{FFFD}"
                index = run.endIndex
            } else if g0.width > 1, byte > 0x20 {
                let run = value[index...].prefix { $0 > 0x20 && $0 < 0x80 }
                text += g0.decode(run)
                index = run.endIndex
            } else {
                text.unicodeScalars.append(byte == escape && otherwise == nil ? "\u{FFFD}" : Unicode.Scalar(byte))
                if delimiters.contains(byte) { (g0, g1) = (firstG0, firstG1) }
                index += 1
            }
        }
        return text
    }
}
