internal import Glibc
internal import NIOCore
internal import NIOSSL

/// What fails below the upper layer, in TCP or TLS, in words for people: who is at the other end, and what is to be looked at.
struct TransportWords: Sendable {
    /// The other end, by the name that it is called by.
    let peer: String
    /// What TLS is done with; nil: there is none.
    let security: SecureTransport?

    private static let oneSided = "One end may speak TLS and the other not (dicoms://, dicom://)"
    private static let wantedCertificate = "a certificate of ours (destination-tls in worker.yaml, --tls-certificate)"

    /// What may be wrong where the connection ended while the peer's first answer was waited for.
    func hint(isSecured: Bool) -> String {
        isSecured ? security?.certificatePath == nil ? "It may ask for \(Self.wantedCertificate)" : "It may refuse our certificate" : Self.oneSided
    }

    /// The peer is connected, and says nothing.
    func silence(_ limit: Duration) -> NetworkError {
        NetworkError(.timedOut, "\(peer) did not answer the TLS handshake within \(limit). \(Self.oneSided)")
    }

    /// An invalid PDU that begins as an alert or a handshake of TLS does (RFC 8446 §5.1).
    func explained(_ error: NetworkError, by begin: ByteBuffer) -> NetworkError {
        guard security == nil, let type = begin.getInteger(at: begin.readerIndex, as: UInt8.self), [0x15, 0x16].contains(type) else { return error }
        return NetworkError(error.code, "\(error.message): it is TLS, or nothing that we know. \(Self.oneSided)")
    }

    /// A failure that came over the channel.
    ///
    /// - Parameter hint: what is said of a connection that broke.
    func failure(of error: any Error, on context: ChannelHandlerContext, hint: String) -> NetworkError {
        if case NIOSSLError.uncleanShutdown = error { return NetworkError(.closed, "\(peer) closed the connection, and TLS was not told") }
        if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self)
            return NetworkError(.untrusted, "TLS: " + words(for: error, handler?.peerCertificate))
        }
        return NetworkError(.closed, "the connection to \(peer) broke: \(Self.plain(error))\(hint)")
    }

    /// An error of the system or of TLS without the names of functions and the places in sources that the libraries tell.
    static func plain(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: "TLS failed (\(reason(of: error) ?? "without a reason"))"
        default: "\(error)"
        }
    }

    private func words(for error: any Error, _ certificate: NIOSSLCertificate?) -> String {
        if let error = error as? NIOSSLExtraError {
            switch error {
            case .failedToValidateHostname: return Self.otherName(peer, certificate)
            case .serverHostnameImpossibleToMatch: return "\(peer) is called by a name that no certificate can have"
            default: return "the connection to \(peer) failed"
            }
        }
        switch Self.reason(of: error) {
        case "CERTIFICATE_VERIFY_FAILED": return untrusted(certificate)
        case "PEER_DID_NOT_RETURN_A_CERTIFICATE": return "\(peer) shows no certificate"
        case let alert? where alert.contains("_ALERT_"): return alerted(alert)
        case "UNSUPPORTED_PROTOCOL"?: return noCommonVersion
        case "WRONG_VERSION_NUMBER"?, "HTTP_REQUEST"?: return "\(peer) does not speak TLS. \(Self.oneSided)"
        case let reason?: return "the connection to \(peer) failed (\(reason))"
        case nil:
            guard case NIOSSLError.handshakeFailed = error else { return "the connection to \(peer) failed" }
            return "\(peer) ended the connection before TLS was agreed on. \(Self.oneSided)"
        }
    }

    /// What the peer says by an alert (RFC 8446 §6.2), under BoringSSL's name of it.
    private func alerted(_ alert: String) -> String {
        guard let path = security?.certificatePath else {
            let wishes = ["CERTIFICATE_REQUIRED", "NO_CERTIFICATE", "BAD_CERTIFICATE", "HANDSHAKE_FAILURE"]
            if alert.hasSuffix("PROTOCOL_VERSION") { return noCommonVersion }
            guard let wish = wishes.first(where: alert.hasSuffix) else { return "\(peer) refuses the connection (\(alert))" }
            let verb = wish == "HANDSHAKE_FAILURE" ? "refuses the connection, and may ask" : "asks"
            return "\(peer) \(verb) for \(Self.wantedCertificate)"
        }
        return switch alert {
        case _ where alert.hasSuffix("UNKNOWN_CA"): "\(peer) does not trust the authority of our certificate \(path)"
        case _ where alert.hasSuffix("CERTIFICATE_EXPIRED"): "\(peer) says that our certificate \(path) has expired: look at its dates, and at the clocks"
        case _ where alert.hasSuffix("PROTOCOL_VERSION"): noCommonVersion
        case _ where alert.contains("CERTIFICATE"): "\(peer) refuses our certificate \(path) (\(alert))"
        default: "\(peer) refuses the connection, or our certificate \(path) (\(alert))"
        }
    }

    private var noCommonVersion: String { "\(peer) has neither TLS 1.2 nor 1.3, and what is older is forbidden" }

    /// The library tells that a certificate is not trusted, and not why: what can be seen of the peer's own one is told.
    private func untrusted(_ certificate: NIOSSLCertificate?) -> String {
        guard let certificate else {
            return "the certificate of \(peer) is not trusted: it is of none of \(authorities), has expired, or is not valid yet"
        }
        let now = time(nil)
        if certificate.notValidAfter < now {
            return "the certificate of \(peer) has expired: it was valid until \(Self.text(certificate.notValidAfter))"
        }
        if certificate.notValidBefore > now {
            return "the certificate of \(peer) is not valid yet: it will be from \(Self.text(certificate.notValidBefore)) on"
        }
        return "the certificate of \(peer) is valid today, and not trusted: none of \(authorities) that is valid today has issued it for this use"
    }

    private var authorities: String { security?.authorityPath.map { "the authorities in \($0)" } ?? "the system's authorities" }

    private static func otherName(_ peer: String, _ certificate: NIOSSLCertificate?) -> String {
        let names = certificate.map(Self.subjects) ?? []
        let found = names.isEmpty ? "" : ", but for \(names.joined(separator: ", "))"
        return """
            the certificate of \(peer) is not for the name or address by which it is called\(found) (host-name: ignored in destination-tls, \
            --tls-any-host-name)
            """
    }

    /// The first names and addresses, as far as they are plain text.
    private static func subjects(of certificate: NIOSSLCertificate) -> [String] {
        certificate._subjectAlternativeNames().prefix(maximumNames).compactMap { name in
            switch name.nameType {
            case .dnsName where name.contents.count <= maximumNameLength && name.contents.allSatisfy { (0x21...0x7E).contains($0) }:
                String(decoding: name.contents, as: UTF8.self)
            case .ipAddress: (try? SocketAddress(packedIPAddress: ByteBuffer(bytes: name.contents), port: 0))?.ipAddress
            default: nil
            }
        }
    }

    private static let maximumNames = 8
    /// RFC 1035 §2.3.4.
    private static let maximumNameLength = 255

    /// BoringSSL's name of a reason, which is in its descriptions only, before the place in its source; nil where it has none.
    private static func reason(of error: any Error) -> String? {
        let text = Array("\(error)".utf8)
        let mark = Array("OPENSSL_internal:".utf8)
        guard let start = text.indices.first(where: { text[$0...].starts(with: mark) }) else { return nil }
        return String(decoding: text[(start + mark.count)...].prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    }

    private static func text(_ seconds: time_t) -> String {
        var (seconds, parts) = (seconds, tm())
        gmtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M UTC", &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
