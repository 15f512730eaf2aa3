/// Whether a text value is what its representation allows (PS3.5 table 6.2-1).
enum Conformance {
    /// The decoded value, without padding.
    static func isConforming(_ text: String, vr: VR) -> Bool {
        guard !text.unicodeScalars.contains("\u{FFFD}") else { return false }
        guard vr.isMultiValuedText else { return hasLength(text, vr: vr) }
        return text.divided(at: "\\").allSatisfy {
            hasLength(String($0), vr: vr) && hasCharacters(String($0), vr: vr)
        }
    }

    private static func hasLength(_ value: String, vr: VR) -> Bool {
        let count = value.unicodeScalars.count
        guard vr != .PN else {
            let groups = value.divided(at: "=")
            return groups.count <= 3 && groups.allSatisfy { $0.unicodeScalars.count <= 64 }
        }
        return maximumLength(of: vr).map { count <= $0 } ?? true
    }

    /// In characters.
    private static func maximumLength(of vr: VR) -> Int? {
        switch vr {
        case .AE, .CS, .DS, .SH: 16
        case .AS: 4
        case .DA: 8
        case .DT: 26
        case .IS: 12
        case .LO, .UI: 64
        case .LT: 10_240
        case .ST: 1024
        case .TM: 14
        default: nil
        }
    }

    private static func hasCharacters(_ value: String, vr: VR) -> Bool {
        switch vr {
        case .DA: value.isEmpty || (value.utf8.count == 8 && value.utf8.allSatisfy(isDigit))
        case .UI: value.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") }
        case .CS: value.utf8.allSatisfy { isDigit($0) || (0x41...0x5A).contains($0) || $0 == 0x20 || $0 == 0x5F }
        case .TM, .DT, .DS, .IS, .AS: value.utf8.allSatisfy { isDigit($0) || " .:+-DWMYEe".utf8.contains($0) }
        default: !value.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
