/// What stands in an object's file before the pixels: enough to know, match and send it.
public struct ObjectHeader: Sendable {
    /// The elements before Pixel Data, Float Pixel Data or Double Float Pixel Data; all, if there are no pixels.
    public internal(set) var dataSet: DataSet
    /// What the data set is really written in: by its content where the meta header is absent or wrong.
    public internal(set) var transferSyntax: TransferSyntax
    /// The file meta information (PS3.10 §7.1), group 0002; `nil` if there is none.
    public let metaInformation: DataSet?
    /// Where the data set begins in the file, in bytes; 0 without preamble and meta header.
    public let dataSetOffset: Int64
    /// Where the element of the pixels begins in the file, in bytes; `nil`: there is none, or the data set is deflated.
    public internal(set) var pixelDataOffset: Int64?
    /// Whether an element of pixels follows, deflated or not.
    public let hasPixels: Bool
    /// Bytes of the whole file, if they are known.
    public internal(set) var byteCount: Int64?
    /// Where the data set ends in the file, in bytes: the file's end, or before trailing bytes that belong to no
    /// element. `nil` until the whole file was read.
    public internal(set) var dataSetEnd: Int64?

    /// The character set of the data set's text.
    public var characterSet: SpecificCharacterSet { dataSet.characterSet }

    /// Bytes after the data set's end that belong to no element; `nil` until the whole file was read.
    public var trailingByteCount: Int64? {
        guard let byteCount, let dataSetEnd else { return nil }
        return byteCount - dataSetEnd
    }
}
