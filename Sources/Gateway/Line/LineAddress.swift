/// Where the coordinator is: `host:port`, an IPv6 host in brackets.
public struct LineAddress: Hashable, Sendable, CustomStringConvertible {
    /// Host name or address, without brackets.
    public let host: String
    /// TCP port, 1 to 65535.
    public let port: Int

    /// The address of these values.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses `host:port`.
    ///
    /// - Throws: ``GatewayError`` with `configuration`, naming the part that is wrong.
    public init(parsing text: String) throws(GatewayError) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port) else {
            throw GatewayError(.configuration, "“\(text)” does not end with a port from 1 to 65535 (host:port)")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw GatewayError(.configuration, "“\(text)” has no host before its port (host:port)") }
        self.host = String(host)
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
