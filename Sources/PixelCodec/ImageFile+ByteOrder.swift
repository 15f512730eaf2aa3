internal import DICOM

/// The byte order of native pixels.
extension ImageFile {
    /// Bytes of the numbers that must be turned round to be little endian; 1: none. Samples of up to 16 bits lie in words of 16 bits, but in bytes
    /// where the representation is OB (PS3.5 §8.1.1).
    ///
    /// Throws `PixelCodecError` of code `unsupported` for cells of which it is not known how they lie.
    func swapUnit() throws(PixelCodecError) -> Int {
        let isPrivate = transferSyntax == .implicitVRBigEndianPixels
        guard let pixels, elementSyntax.isBigEndian || isPrivate else { return 1 }
        switch pixels.tag {
        case .floatPixelData: return 4
        case .doubleFloatPixelData: return 8
        default: break
        }
        guard pixels.vr != .OB else { return 1 }
        let bits = dataSet.unsigned16(.bitsAllocated) ?? 16
        // Of other cells in GE's syntax DCMTK turns words of 16 bits round, GDCM nothing; the standard has no word on it.
        guard isPrivate ? bits == 16 : [1, 8, 12, 16, 32, 64].contains(bits) else {
            throw PixelCodecError(
                .unsupported, "Big endian cells of \(bits) allocated bits are not turned round from transfer syntax \(transferSyntax.uid)")
        }
        return max(2, bits / 8)
    }
}
