/// The status of a DIMSE response, (0000,0900), with the classes of PS3.7 annex C.
public struct DIMSEStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number on the wire.
    public let rawValue: UInt16

    /// The status with this number.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The classes of PS3.7 §C.1.
    public enum Category: String, Hashable, Sendable {
        case success, pending, cancel, warning, failure
    }

    /// 0000.
    public static let success = DIMSEStatus(rawValue: 0x0000)
    /// FE00: the operation ended by C-CANCEL.
    public static let cancelled = DIMSEStatus(rawValue: 0xFE00)
    /// FF00: more responses follow.
    public static let pending = DIMSEStatus(rawValue: 0xFF00)
    /// A700: refused, out of resources.
    public static let outOfResources = DIMSEStatus(rawValue: 0xA700)
    /// Whether it is one of A7xx, "Refused: Out of Resources" of C-STORE (PS3.4 table B.2-1).
    public var isOutOfResources: Bool { (0xA700...0xA7FF).contains(rawValue) }
    /// Whether it may be about the transfer syntax of what was to be stored: 0122, or one of A9xx "Data Set does not match SOP Class" and Cxxx
    /// "Cannot understand" (PS3.4 table B.2-1).
    public var isOfEncoding: Bool { self == .sopClassNotSupported || (0xA900...0xA9FF).contains(rawValue) || (0xC000...0xCFFF).contains(rawValue) }
    /// 0110: processing failure.
    public static let processingFailure = DIMSEStatus(rawValue: 0x0110)
    /// 0122: SOP class not supported.
    public static let sopClassNotSupported = DIMSEStatus(rawValue: 0x0122)
    /// 0124: refused, not authorized.
    public static let notAuthorized = DIMSEStatus(rawValue: 0x0124)
    /// 0211: unrecognized operation.
    public static let unrecognizedOperation = DIMSEStatus(rawValue: 0x0211)

    /// The class; what PS3.7 does not know, vendors' 0xFFFB among it, is a failure.
    public var category: Category {
        switch rawValue {
        case 0x0000: .success
        case 0xFF00, 0xFF01: .pending
        case 0xFE00: .cancel
        case 0x0001, 0x0107, 0x0116, 0xB000...0xBFFF: .warning
        default: .failure
        }
    }

    /// Four hexadecimal digits, as in the standard: `A700`.
    public var description: String { hexadecimal(rawValue, digits: 4) }
}
