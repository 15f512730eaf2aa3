/// One end of the line does not believe the other who it is, as the worker sees it.
public enum HandshakeRefusal: Hashable, Sendable, CaseIterable {
    /// By the coordinator's clock the worker's certificate is over (RFC 8446 §6.2, `certificate_expired`), or not valid yet, which BoringSSL
    /// answers with the same alert.
    case expired
    /// The coordinator does not trust the authority of the worker's certificate (`unknown_ca`).
    case authorityUnknown
    /// What answered shows no coordinator's certificate of an authority that the worker trusts.
    case coordinatorUnknown

    /// The refusal that an error of the TLS library means; nil when it means something else.
    public init?(_ error: any Error) {
        // The library tells its reasons in its descriptions only: BoringSSL's names of alerts and verification failures.
        let text = "\(error)"
        if text.contains("ALERT_CERTIFICATE_EXPIRED") {
            self = .expired
        } else if text.contains("ALERT_UNKNOWN_CA") {
            self = .authorityUnknown
        } else if text.contains("CERTIFICATE_VERIFY_FAILED") {
            self = .coordinatorUnknown
        } else {
            return nil
        }
    }

    /// What it means for an operator.
    public var words: String {
        switch self {
        case .expired:
            """
            the coordinator says that this worker's certificate has expired. If it has not, the clock of one of the two machines is wrong: \
            compare them
            """
        case .authorityUnknown:
            """
            the coordinator does not trust the authority of this worker's certificate: it was retired while the worker was away, or this \
            is the coordinator of another migration. A worker that was away needs a new invitation
            """
        case .coordinatorUnknown:
            """
            what answers is not this migration's coordinator, as far as this worker knows: it shows no certificate of an authority that the \
            worker trusts, or one that is not valid by this machine's clock. Compare the two machines' clocks; if the authority was replaced \
            while the worker was away, the worker needs a new invitation
            """
        }
    }
}
