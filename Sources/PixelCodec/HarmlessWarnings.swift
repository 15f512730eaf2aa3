/// What libjpeg warns of though it costs no cell. Of an image it tells its first warning only, so that one of these would hide that data are
/// missing; and GDCM 3.0.21 ends the process (an assertion) at most of them.
enum HarmlessWarnings {
    /// A JPEG stream of the same length and meaning that libjpeg has nothing harmless to say about.
    static func removed(from stream: [UInt8]) -> [UInt8] {
        var (quiet, isSequential) = (stream, false)
        var reader = MarkerReader(stream, least: 0x80)
        while let (marker, segment) = reader.segment() {
            let begin = segment.startIndex
            switch marker {
            case 0xC0, 0xC1: isSequential = true
            // A version of JFIF other than 1.
            case 0xE0 where segment.count >= 14 && segment.starts(with: [0x4A, 0x46, 0x49, 0x46, 0]): quiet[begin + 5] = 1
            // An Adobe transform that libjpeg does not know: it takes three samples for YCbCr, which is 1.
            case 0xEE where segment.count >= 12 && segment.starts(with: Array("Adobe".utf8)): quiet[begin + 11] = min(1, segment[begin + 11])
            // Selection and approximation, which have no meaning in a sequential scan (ISO 10918-1 table B.3).
            case 0xDA where isSequential:
                let parameters = 1 + 2 * Int(segment.first ?? 0)
                guard segment.count == parameters + 3 else { continue }
                quiet.replaceSubrange(begin + parameters..<segment.endIndex, with: [0, 63, 0])
            default: continue
            }
        }
        return quiet
    }
}
