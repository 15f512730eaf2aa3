public import DICOM

/// How a transfer syntax compresses pixels, of those that this program can decode (PS3.5 annex A).
struct Compression: Hashable, Sendable {
    /// The algorithm.
    enum Family: UInt8, Sendable {
        case jpeg = 1
        case jpegLS = 2
        case jpeg2000 = 3
        case rle = 4
    }

    let family: Family
    /// Whether the syntax promises that nothing was lost.
    let isLossless: Bool

    /// The compression of a transfer syntax; `nil`: it has none, or one that this program does not know.
    init?(_ syntax: TransferSyntax) {
        guard let entry = Self.table[syntax.uid] else { return nil }
        self = entry
    }

    private init(_ family: Family, isLossless: Bool) {
        self.family = family
        self.isLossless = isLossless
    }

    static var losslessUIDs: [String] { table.filter(\.value.isLossless).map(\.key).sorted() }

    /// PS3.6 table A-1.
    private static let table = [
        "1.2.840.10008.1.2.4.50": Compression(.jpeg, isLossless: false),
        "1.2.840.10008.1.2.4.51": Compression(.jpeg, isLossless: false),
        "1.2.840.10008.1.2.4.53": Compression(.jpeg, isLossless: false),
        "1.2.840.10008.1.2.4.55": Compression(.jpeg, isLossless: false),
        "1.2.840.10008.1.2.4.57": Compression(.jpeg, isLossless: true),
        "1.2.840.10008.1.2.4.70": Compression(.jpeg, isLossless: true),
        "1.2.840.10008.1.2.4.80": Compression(.jpegLS, isLossless: true),
        "1.2.840.10008.1.2.4.81": Compression(.jpegLS, isLossless: false),
        "1.2.840.10008.1.2.4.90": Compression(.jpeg2000, isLossless: true),
        "1.2.840.10008.1.2.4.91": Compression(.jpeg2000, isLossless: false),
        "1.2.840.10008.1.2.5": Compression(.rle, isLossless: true),
    ]
}

extension TransferSyntax {
    /// JPEG Lossless, Process 14, Selection Value 1 (PS3.5 §A.4.1).
    public static let jpegLosslessSV1 = TransferSyntax(uid: "1.2.840.10008.1.2.4.70")
    /// JPEG-LS Lossless (PS3.5 §A.4.3).
    public static let jpegLSLossless = TransferSyntax(uid: "1.2.840.10008.1.2.4.80")
    /// JPEG 2000, lossless only (PS3.5 §A.4.4).
    public static let jpeg2000Lossless = TransferSyntax(uid: "1.2.840.10008.1.2.4.90")
    /// RLE Lossless (PS3.5 §A.4.2).
    public static let rleLossless = TransferSyntax(uid: "1.2.840.10008.1.2.5")

    /// What `Transcoder` writes, by the short names that commands take: never with loss.
    public static let transcodingTargets: [(name: String, syntax: TransferSyntax)] = [
        ("implicit", .implicitVRLittleEndian), ("explicit", .explicitVRLittleEndian), ("jpeg-lossless", .jpegLosslessSV1),
        ("jpeg-ls", .jpegLSLossless), ("jpeg-2000", .jpeg2000Lossless), ("rle", .rleLossless),
    ]

    /// Whether pixels in this syntax are compressed and can be decoded.
    public var isDecodedByCodec: Bool { Compression(self) != nil }

    /// The syntaxes that promise that nothing was lost, of those whose pixels can be decoded; sorted.
    public static var losslessCompressions: [TransferSyntax] { Compression.losslessUIDs.map { TransferSyntax(uid: $0) } }

    var isTranscodingTarget: Bool { Self.transcodingTargets.contains { $0.syntax == self } }
}
