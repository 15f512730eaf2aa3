/// Where an application entity is, and who we are to it: `dicom://CALLED@host:port?calling=AET&associations=N`; `dicoms://` with TLS.
public struct ApplicationEntityAddress: Hashable, Sendable, CustomStringConvertible {
    /// The peer's AE title, 1 to 16 characters.
    public let calledAETitle: String
    /// Host name, IPv4 address, or IPv6 address without brackets.
    public let host: String
    /// TCP port, 1 to 65535.
    public let port: Int
    /// Our own AE title, 1 to 16 characters.
    public let callingAETitle: String
    /// How many associations it may be asked for at once; nil: it does not say.
    public let associations: Int?
    /// Whether TLS secures the connection (PS3.15 §B.12).
    public let isSecure: Bool

    /// The port that PS3.8 §9.1.1 names beside the historic 104, for addresses without one.
    public static let defaultPort = 11112
    /// The port of DICOM over TLS (PS3.15 §B.12), for `dicoms://` without one.
    public static let defaultSecurePort = 2762
    /// Our AE title in addresses that give none.
    public static let defaultCallingAETitle = "SKEIN"

    /// An address from its parts.
    ///
    /// - Throws: `NetworkError.invalidAddress`, naming the part that is wrong.
    public init(
        calledAETitle: String, host: String, port: Int, callingAETitle: String, associations: Int? = nil,
        isSecure: Bool = false
    ) throws(NetworkError) {
        try Self.check(calledAETitle, "called AE title")
        try Self.check(callingAETitle, "calling AE title")
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw NetworkError(.invalidAddress, "host “\(host)” is empty or has characters that no host name has")
        }
        guard (1...65_535).contains(port) else {
            throw NetworkError(.invalidAddress, "port \(port) is not between 1 and 65535")
        }
        self.calledAETitle = calledAETitle
        self.host = host
        self.port = port
        self.callingAETitle = callingAETitle
        self.associations = associations
        self.isSecure = isSecure
    }

    /// Parses `dicom://CALLED@host:port?calling=AET&associations=N`, or the same with `dicoms://`; port and all after `?` may be missing, an
    /// IPv6 host is in brackets.
    ///
    /// - Throws: `NetworkError.invalidAddress`, naming the part that is wrong.
    public init(parsing text: String) throws(NetworkError) {
        guard let scheme = [Self.plainScheme, Self.secureScheme].first(where: text.hasPrefix) else {
            throw NetworkError(
                .invalidAddress, "“\(text)” does not begin with dicom:// or dicoms:// (dicom://CALLED@host:port?calling=AET)")
        }
        let isSecure = scheme == Self.secureScheme
        let rest = text.dropFirst(scheme.count)
        let halves = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let at = halves[0].lastIndex(of: "@") else {
            throw NetworkError(.invalidAddress, "“\(text)” has no @ between called AE title and host")
        }
        let (host, port) = try Self.hostAndPort(
            halves[0][halves[0].index(after: at)...], default: isSecure ? Self.defaultSecurePort : Self.defaultPort)
        let (title, associations) = try Self.terms(in: halves.count > 1 ? halves[1] : "")
        try self.init(
            calledAETitle: try Self.decoded(halves[0][..<at]), host: host, port: port, callingAETitle: title, associations: associations,
            isSecure: isSecure)
    }

    /// The address as it is parsed.
    public var description: String {
        let shownHost = host.contains(":") ? "[\(host)]" : host
        return (isSecure ? Self.secureScheme : Self.plainScheme)
            + "\(Self.encoded(calledAETitle))@\(shownHost):\(port)?calling=\(Self.encoded(callingAETitle))"
            + (associations.map { "&associations=\($0)" } ?? "")
    }

    private static let plainScheme = "dicom://"
    private static let secureScheme = "dicoms://"

    private static func check(_ title: String, _ name: String) throws(NetworkError) {
        let isPrintable = title.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        guard isPrintable, title.utf8.contains(where: { $0 != 0x20 }), title.utf8.count <= UpperLayerLimits.maximumAETitleLength else {
            throw NetworkError(
                .invalidAddress,
                "\(name) “\(title)” must be 1 to \(UpperLayerLimits.maximumAETitleLength) printable ASCII characters without backslash")
        }
    }

    private static func hostAndPort(_ text: Substring, default usual: Int) throws(NetworkError) -> (String, Int) {
        var host = text
        var rest: Substring = ""
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !rest.isEmpty else { return (String(host), usual) }
        guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()) else {
            throw NetworkError(.invalidAddress, "port “\(rest.dropFirst())” is no number")
        }
        return (String(host), port)
    }

    private static func terms(in query: Substring) throws(NetworkError) -> (title: String, associations: Int?) {
        var (title, associations) = (defaultCallingAETitle, Int?.none)
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            switch (parts[0], parts.count) {
            case ("calling", 2): title = try decoded(parts[1])
            case ("associations", 2):
                guard let number = Int(parts[1]), number >= 1 else {
                    throw NetworkError(.invalidAddress, "associations “\(parts[1])” is no number from 1 on")
                }
                associations = number
            default: throw NetworkError(.invalidAddress, "“\(pair)” after ? is unknown; calling=AET and associations=N are possible")
            }
        }
        return (title, associations)
    }

    /// Percent-decoding (RFC 3986 §2.1): AE titles may have spaces.
    private static func decoded(_ text: Substring) throws(NetworkError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
                throw NetworkError(.invalidAddress, "“\(text)”: % must be followed by two hexadecimal digits")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func encoded(_ title: String) -> String {
        title.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                String(UnicodeScalar(byte))
            default: "%" + hexadecimal(byte, digits: 2)
            }
        }.joined()
    }
}
