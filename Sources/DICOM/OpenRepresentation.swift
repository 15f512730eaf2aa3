/// The representation of implicit elements for which PS3.6 allows several, when they are written explicit (PS3.5 §A.1).
struct OpenRepresentation {
    /// Whether the samples have a sign, by Pixel Representation (0028,0103) of the data set or the nearest one around it that has it.
    let hasSignedPixels: Bool

    /// Which one an element has whose value has so many bytes.
    ///
    /// - "US or SS" follows Pixel Representation. Look-up table descriptors too: their second value is one of a sample, and the first and
    ///   third are numbers without sign whatever is written (PS3.3 §C.7.6.3.1.5, §C.11.1.1, §C.11.2.1.1).
    /// - What can be OW is OW where it is no number of 16 bits, or is longer than the length of one can say: implicit values of "OB or OW" are
    ///   words (PS3.5 §A.1).
    func vr(of tag: Tag, byteCount: Int) -> VR? {
        let allowed = DataDictionary.representations(of: tag)
        guard allowed.count > 1 else { return nil }
        if allowed.contains(.OW), allowed.first == .OB || byteCount > Int(UInt16.max) { return .OW }
        return hasSignedPixels && allowed.contains(.SS) ? .SS : allowed.first
    }
}
