extension SpecificCharacterSet {
    /// The text as bytes of this set, without padding.
    ///
    /// Throws `DICOMError` of code `character-set` if a character is in none of the declared sets. An assumed set is
    /// not declared: where nothing is declared, only ASCII can be written.
    public func encode(_ text: String, vr: VR) throws(DICOMError) -> [UInt8] {
        if text.utf8.allSatisfy({ $0 < 0x80 && $0 != Self.escape }) { return Array(text.utf8) }
        guard vr.usesCharacterSet, isExtended, let bytes = encodeExtended(text, vr: vr) else {
            throw DICOMError(
                .characterSet, "A \(vr) value has characters outside \(isExtended ? declaration : "the default repertoire")")
        }
        return bytes
    }

    private func encodeExtended(_ text: String, vr: VR) -> [UInt8]? {
        switch repertoire {
        case .standAlone("UTF-8"): Array(text.utf8)
        case .standAlone(let encoding): Iconv(from: "UTF-8", to: encoding)?.convert(text.utf8)
        case .extensible(let initial, let declared):
            Self.encode(text, initial: initial, declared: declared, delimiters: Self.delimiters(of: vr))
        }
    }

    /// A person name as bytes, in the widest form that this set allows: ideographic and phonetic component groups that
    /// cannot be written are left out (PS3.5 §6.2.1).
    ///
    /// Throws `DICOMError` of code `character-set` if the alphabetic group cannot be written, or if no group is left.
    public func encode(personName name: String) throws(DICOMError) -> [UInt8] {
        let groups = name.divided(at: "=").map(String.init)
        var encoded = [try encode(groups.first ?? "", vr: .PN)]
        for group in groups.dropFirst() {
            encoded.append((try? encode(group, vr: .PN)) ?? [])
        }
        while encoded.count > 1, encoded.last == [] { encoded.removeLast() }
        guard !encoded[0].isEmpty || encoded.count > 1 || groups.allSatisfy(\.isEmpty) else {
            throw DICOMError(.characterSet, "No component group of the name can be written in \(declaration)")
        }
        return Array(encoded.joined(separator: [0x3D]))
    }

    private static func encode(
        _ text: String, initial: [CodeElement], declared: [CodeElement], delimiters: [UInt8]
    ) -> [UInt8]? {
        let firstG0 = initial.first { $0.half == .g0 && $0.width == 1 } ?? .ascii
        let firstG1 = initial.first { $0.half == .g1 }
        var g0 = firstG0
        var g1 = firstG1
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                if g0 != firstG0 { bytes += firstG0.escapeSequence }
                g0 = firstG0
                let byte = UInt8(scalar.value)
                bytes.append(byte)
                if delimiters.contains(byte) { g1 = firstG1 }
                continue
            }
            let candidates = [g0, g1].compactMap { $0 }.filter(declared.contains) + declared
            guard let (element, character) = firstEncoding(of: scalar, among: candidates) else { return nil }
            if element != g0, element != g1 { bytes += element.escapeSequence }
            if element.half == .g0 { g0 = element } else { g1 = element }
            bytes += character
        }
        // A value ends in the sets it began with (PS3.5 §6.1.2.5.3).
        return g0 == firstG0 ? bytes : bytes + firstG0.escapeSequence
    }

    private static func firstEncoding(
        of scalar: Unicode.Scalar, among elements: [CodeElement]
    ) -> (CodeElement, [UInt8])? {
        for element in elements {
            if let bytes = element.encode(scalar) { return (element, bytes) }
        }
        return nil
    }
}
