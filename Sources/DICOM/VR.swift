/// A value representation (PS3.5 §6.2): two characters that say what an element's bytes mean. One that the standard
/// does not know is kept as it was read.
public struct VR: Hashable, Sendable, CustomStringConvertible {
    /// The two characters, the first one in the upper eight bits.
    public let rawValue: UInt16

    /// The representation written with these two characters.
    public init(_ first: UInt8, _ second: UInt8) {
        rawValue = UInt16(first) << 8 | UInt16(second)
    }

    /// By letters, so that the compiler folds the constants below.
    private init(_ first: Unicode.Scalar, _ second: Unicode.Scalar) {
        rawValue = UInt16(truncatingIfNeeded: first.value << 8 | second.value)
    }

    var bytes: [UInt8] { [UInt8(rawValue >> 8), UInt8(rawValue & 0xFF)] }

    /// The two characters; `?` for one that is no letter.
    public var description: String {
        String(decoding: bytes.map { (0x41...0x5A).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }

    /// The representations that the standard knows, here and below by the letters of PS3.5 table 6.2-1.
    public static let AE = VR("A", "E"), AS = VR("A", "S"), AT = VR("A", "T"), CS = VR("C", "S")
    /// PS3.5 table 6.2-1.
    public static let DA = VR("D", "A"), DS = VR("D", "S"), DT = VR("D", "T"), FD = VR("F", "D")
    /// PS3.5 table 6.2-1.
    public static let FL = VR("F", "L"), IS = VR("I", "S"), LO = VR("L", "O"), LT = VR("L", "T")
    /// PS3.5 table 6.2-1.
    public static let OB = VR("O", "B"), OD = VR("O", "D"), OF = VR("O", "F"), OL = VR("O", "L")
    /// PS3.5 table 6.2-1.
    public static let OV = VR("O", "V"), OW = VR("O", "W"), PN = VR("P", "N"), SH = VR("S", "H")
    /// PS3.5 table 6.2-1.
    public static let SL = VR("S", "L"), SQ = VR("S", "Q"), SS = VR("S", "S"), ST = VR("S", "T")
    /// PS3.5 table 6.2-1.
    public static let SV = VR("S", "V"), TM = VR("T", "M"), UC = VR("U", "C"), UI = VR("U", "I")
    /// PS3.5 table 6.2-1.
    public static let UL = VR("U", "L"), UN = VR("U", "N"), UR = VR("U", "R"), US = VR("U", "S")
    /// PS3.5 table 6.2-1.
    public static let UT = VR("U", "T"), UV = VR("U", "V")
}

extension VR {
    /// Whether the two characters could be a representation, known or not: both are capital letters.
    var isWellFormed: Bool {
        (0x41...0x5A).contains(rawValue >> 8) && (0x41...0x5A).contains(rawValue & 0xFF)
    }

    /// Whether PS3.5 §6.2 knows it.
    public var isKnown: Bool {
        switch self {
        case .OB, .OW, .SQ, .UN, .UT, .OD, .OF, .OL, .OV, .SV, .UC, .UR, .UV: true
        default: hasShortLength
        }
    }

    /// Whether its length is written in 16 bits (PS3.5 table 7.1-2). Not so for one that is well formed but unknown:
    /// PS3.5 §6.2 gives every representation to come the longer form.
    var hasShortLength: Bool {
        switch self {
        case .CS, .UI, .LO, .DA, .SH, .PN, .TM, .DS, .IS, .US, .UL, .AE, .AS, .AT, .DT, .FD, .FL, .LT, .SL, .SS, .ST: true
        default: false
        }
    }

    /// Whether its value is text.
    public var isText: Bool { usesCharacterSet || isDefaultRepertoireText }

    /// Whether its value is written in the data set's Specific Character Set (PS3.5 §6.1.2.3).
    public var usesCharacterSet: Bool {
        switch self {
        case .LO, .LT, .PN, .SH, .ST, .UC, .UT: true
        default: false
        }
    }

    private var isDefaultRepertoireText: Bool {
        switch self {
        case .AE, .AS, .CS, .DA, .DS, .DT, .IS, .TM, .UI, .UR: true
        default: false
        }
    }

    /// Whether a backslash separates values (PS3.5 §6.4); in the others it is an ordinary character.
    var isMultiValuedText: Bool {
        switch self {
        case .LT, .ST, .UT, .UR: false
        default: isText
        }
    }

    /// Bytes of one number as it is swapped between byte orders (PS3.5 §7.3); 1: nothing to swap.
    var swapUnit: Int {
        switch self {
        case .AT, .OW, .SS, .US: 2
        case .FL, .OF, .OL, .SL, .UL: 4
        case .FD, .OD, .OV, .SV, .UV: 8
        default: 1
        }
    }

    /// The byte that makes a value's length even (PS3.5 §6.2).
    var padding: UInt8 { isText && self != .UI ? 0x20 : 0x00 }
}
