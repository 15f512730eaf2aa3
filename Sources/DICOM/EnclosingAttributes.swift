/// What the items of a data set take from it where they do not say it themselves.
public struct EnclosingAttributes: Sendable {
    /// What the text of an item that declares no character set is written in (PS3.5 §7.5.3).
    var characterSet = SpecificCharacterSet.defaultRepertoire
    /// Whether Pixel Representation (0028,0103) is 1: the samples have a sign (PS3.3 §C.7.6.3).
    var hasSignedPixels = false
}

extension DataSet {
    /// What its items take from it, looked for among all its elements.
    public var attributesForItems: EnclosingAttributes {
        EnclosingAttributes(characterSet: characterSet, hasSignedPixels: hasSignedPixels)
    }

    /// Whether Pixel Representation is 1, here or else in the nearest data set around this one that has it.
    var hasSignedPixels: Bool {
        unsigned16(.pixelRepresentation).map { $0 == 1 } ?? enclosing.hasSignedPixels
    }
}
