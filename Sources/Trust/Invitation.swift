/// What an operator carries from the coordinator to a gateway: one line, `skein1:HOST:PORT:FINGERPRINT:SECRET`.
///
/// An IPv6 address stands in brackets.
public struct Invitation: Hashable, Sendable {
    /// The coordinator's host name or address, without brackets.
    public var host: String
    /// The port of the line.
    public var port: Int
    /// SHA-256 of the authority's certificate (DER), 64 lower-case hexadecimal digits.
    public var authority: String
    /// The one-time secret.
    public var secret: InvitationSecret

    /// The first word: the form's name and version.
    static var scheme: String { "skein1" }
    /// Hexadecimal digits of SHA-256.
    static var fingerprintLength: Int { 64 }

    /// An invitation of these values.
    public init(host: String, port: Int, authority: String, secret: InvitationSecret) {
        self.host = host
        self.port = port
        self.authority = authority
        self.secret = secret
    }

    /// The line, without LF.
    public var line: String {
        let host = self.host.contains(":") ? "[\(self.host)]" : self.host
        return "\(Self.scheme):\(host):\(port):\(authority):\(secret.reveal())"
    }

    /// Reads a line; spaces and line ends around it do not count.
    ///
    /// - Throws: ``TrustError`` with `invitation-malformed`, naming the part that is wrong and never the secret.
    public init(parsing text: String) throws(TrustError) {
        let parts = text.trimmingSpaces().split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.first == Self.scheme else { throw Self.malformed("it does not begin with \"\(Self.scheme):\"") }
        guard parts.count >= 5 else {
            throw Self.malformed("it has \(parts.count) parts and not five: skein1:HOST:PORT:FINGERPRINT:SECRET; was it copied whole?")
        }
        // The host may itself hold colons, in brackets: the last three parts are counted from the end.
        self.init(
            host: try Self.host(parts[1..<(parts.count - 3)].joined(separator: ":")),
            port: try Self.port(parts[parts.count - 3]),
            authority: try Self.fingerprint(parts[parts.count - 2]),
            secret: try Self.secret(parts[parts.count - 1]))
    }

    private static func host(_ text: String) throws(TrustError) -> String {
        var host = text
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            throw malformed("its host has colons: an IPv6 address stands in brackets")
        }
        guard !host.isEmpty, host.allSatisfy({ !$0.isWhitespace }) else { throw malformed("its host is empty or has spaces") }
        return host
    }

    private static func port(_ text: String) throws(TrustError) -> Int {
        guard let port = Int(text), (1...65535).contains(port) else { throw malformed("its port is no number from 1 to 65535") }
        return port
    }

    private static func fingerprint(_ text: String) throws(TrustError) -> String {
        let isHex = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        guard isHex, text.utf8.count == fingerprintLength else {
            throw malformed("its fingerprint is not \(fingerprintLength) hexadecimal digits, but \(text.count) characters; was it copied whole?")
        }
        return text
    }

    private static func secret(_ text: String) throws(TrustError) -> InvitationSecret {
        guard let secret = InvitationSecret(text) else {
            throw malformed(
                "its secret is not \(InvitationSecret.length) characters of a-z and 2-7, but \(text.count) characters; was it copied whole?")
        }
        return secret
    }

    private static func malformed(_ what: String) -> TrustError {
        TrustError(.invitationMalformed, "the invitation cannot be read: \(what)")
    }
}

extension String {
    fileprivate func trimmingSpaces() -> Substring {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest
    }
}
