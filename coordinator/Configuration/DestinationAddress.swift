/// Checks a destination's address, `dicom://CALLED@host:port?calling=AET` or the same with `dicoms://`, before a worker has to.
///
/// The coordinator hands the text on as it is; only workers open associations.
enum DestinationAddress {
    /// PS3.5 §6.2: an application entity title (AE) has at most 16 characters.
    static var titleLength: Int { 16 }

    /// What is wrong with `text`, naming the part; nil when nothing is.
    static func fault(in text: String) -> String? {
        guard let scheme = ["dicom://", "dicoms://"].first(where: text.hasPrefix) else { return "does not begin with dicom:// or dicoms://" }
        let halves = text.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, halves[1].hasPrefix("calling=") else { return "has no ?calling=AET at its end" }
        let parts = halves[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return "has no CALLED@ before the host" }
        if let fault = titleFault(parts[0], "called") ?? titleFault(halves[1].dropFirst("calling=".count), "calling") { return fault }
        guard let colon = parts[1].lastIndex(of: ":"), colon != parts[1].startIndex else { return "has no host:port" }
        guard let port = Int(parts[1][parts[1].index(after: colon)...]), (1...65535).contains(port) else {
            return "has a port that is no number from 1 to 65535"
        }
        return nil
    }

    /// What is wrong with an AE title; nil when nothing is.
    static func titleFault(_ title: Substring, _ which: String) -> String? {
        let isAllowed = title.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        guard (1...titleLength).contains(title.utf8.count), isAllowed else {
            return "has a \(which) AE title that is not 1 to \(titleLength) ASCII characters without spaces"
        }
        return nil
    }
}
