/// Names as they are recorded on a disc, made into text that can stand in a path.
enum FileName {
    /// UCS-2 in big-endian order (Joliet). Surrogate pairs are read as UTF-16, as later tools write them; a lone half becomes U+FFFD.
    static func joliet(_ bytes: ArraySlice<UInt8>) -> String {
        let units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        return String(decoding: units, as: UTF16.self)
    }

    /// UTF-8 where it is valid UTF-8, else each byte as the Latin-1 character of its number: old discs hold names in character sets that nothing declares,
    /// and no two different names may become one.
    static func eightBit(_ bytes: ArraySlice<UInt8>) -> String {
        String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// ECMA-119 7.5.1: the version (";1") is no part of the name.
    static func withoutVersion(_ name: String) -> String {
        guard let semicolon = name.lastIndex(of: ";"), name[semicolon...].dropFirst().allSatisfy(\.isNumber) else { return name }
        return String(name[..<semicolon])
    }

    /// ECMA-119 7.5.1: a plain name without version, and without the dot of an empty extension.
    static func plain(_ bytes: ArraySlice<UInt8>) -> String {
        let name = withoutVersion(eightBit(bytes))
        return name.last == "." ? String(name.dropLast()) : name
    }

    /// The name as one step of a path: it cannot climb out of its folder or part it in two.
    static func component(_ name: String) -> String {
        switch name {
        case "", ".", "..": "_" + name
        default: String(String.UnicodeScalarView(name.unicodeScalars.map { $0 == "/" || $0 == "\0" ? "_" : $0 }))
        }
    }
}
