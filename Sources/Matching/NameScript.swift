/// The script of a name's component group. Names in different scripts cannot be compared: a transcription is not unique.
enum NameScript: Hashable, Sendable {
    case latin, greek, cyrillic, hangul, kana
    /// Han characters, with or without kana among them as in 佐々木^りえ.
    case ideographic
    /// Han and hangul in one group, or any other mixture.
    case mixed
    /// A script that is not told apart here, or no letters at all.
    case other

    /// The script of `text`'s letters, as folded by ``NameFolding``.
    init(of text: String) {
        var script: NameScript?
        for scalar in text.unicodeScalars {
            guard let next = NameScript(of: scalar) else { continue }
            script = script.map { $0.joined(with: next) } ?? next
        }
        self = script ?? .other
    }

    private func joined(with other: NameScript) -> NameScript {
        switch (self, other) {
        case (.ideographic, .kana), (.kana, .ideographic): .ideographic
        case _ where self == other: self
        default: .mixed
        }
    }

    /// The script of a letter by Unicode block; nil for digits and marks, which belong to any.
    private init?(of scalar: Unicode.Scalar) {
        guard scalar.properties.isAlphabetic || scalar.properties.isIdeographic else { return nil }
        switch scalar.value {
        case 0x0000...0x024F, 0x1E00...0x1EFF: self = .latin
        case 0x0370...0x03FF, 0x1F00...0x1FFF: self = .greek
        case 0x0400...0x052F: self = .cyrillic
        case 0x1100...0x11FF, 0x3130...0x318F, 0xA960...0xA97F, 0xAC00...0xD7FF: self = .hangul
        case 0x3040...0x30FF, 0x31F0...0x31FF: self = .kana
        case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
            self = .ideographic
        default: self = .other
        }
    }
}
