/// How a data set is written (PS3.5 §10, annex A). One that is not known here is taken for an encapsulated one: every
/// syntax that was added since 1993 is explicit little endian, but for those that are named below.
public struct TransferSyntax: Hashable, Sendable {
    /// The unique identifier of PS3.6 table A-1.
    public let uid: String

    /// The syntax with this unique identifier.
    public init(uid: String) {
        self.uid = uid
    }

    /// Implicit VR Little Endian, the default (PS3.5 §A.1).
    public static let implicitVRLittleEndian = TransferSyntax(uid: "1.2.840.10008.1.2")
    /// Explicit VR Little Endian (PS3.5 §A.2).
    public static let explicitVRLittleEndian = TransferSyntax(uid: "1.2.840.10008.1.2.1")
    /// Explicit VR Big Endian, retired (PS3.5-2016b §A.3).
    public static let explicitVRBigEndian = TransferSyntax(uid: "1.2.840.10008.1.2.2")
    /// Deflated Explicit VR Little Endian (PS3.5 §A.5).
    public static let deflatedExplicitVRLittleEndian = TransferSyntax(uid: "1.2.840.10008.1.2.1.99")

    /// GE's private syntax: the elements of the default one, pixel data big endian.
    public static let implicitVRBigEndianPixels = TransferSyntax(uid: "1.2.840.113619.5.2")

    /// Pixels come from a provider, the data set is deflated (PS3.5 §A.7, §A.10).
    private static let referencedDeflated = [
        TransferSyntax(uid: "1.2.840.10008.1.2.4.95"), TransferSyntax(uid: "1.2.840.10008.1.2.4.205"),
    ]

    /// Whether each element says its representation.
    public var isExplicitVR: Bool { self != .implicitVRLittleEndian && self != .implicitVRBigEndianPixels }
    /// Whether numbers are written with the most significant byte first.
    public var isBigEndian: Bool { self == .explicitVRBigEndian }
    /// Whether the whole data set is compressed with deflate.
    public var isDeflated: Bool { self == .deflatedExplicitVRLittleEndian || Self.referencedDeflated.contains(self) }
    /// Whether pixel data is written as fragments (PS3.5 §A.4).
    public var isEncapsulated: Bool {
        switch self {
        case .implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian, .implicitVRBigEndianPixels: false
        default: !isDeflated
        }
    }

    var encoding: ElementEncoding { ElementEncoding(isExplicitVR: isExplicitVR, isBigEndian: isBigEndian) }
}

/// How elements are written, whatever becomes of pixel data: what distinguishes transfer syntaxes for a parser.
struct ElementEncoding: Hashable, Sendable {
    var isExplicitVR: Bool
    var isBigEndian: Bool

    static let implicitLittleEndian = ElementEncoding(isExplicitVR: false, isBigEndian: false)
    static let explicitLittleEndian = ElementEncoding(isExplicitVR: true, isBigEndian: false)
    static let explicitBigEndian = ElementEncoding(isExplicitVR: true, isBigEndian: true)
}
