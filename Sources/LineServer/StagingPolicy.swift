import LineProtocol
public import Trust

/// How workers are to stage what they read, as the migration's configuration says.
public struct StagingPolicy: Sendable {
    private let secret: SpoolSecret
    /// Whether what is staged from now on is to be encrypted. What was encrypted before stays readable either way.
    private let isEncrypted: Bool

    /// A policy under which keys are derived from `secret`.
    public init(_ secret: SpoolSecret, isEncrypted: Bool) {
        self.secret = secret
        self.isEncrypted = isEncrypted
    }

    /// What the worker of this enrolment is told.
    func staging(for identity: GatewayIdentity) -> Staging { Staging(isEncrypted: isEncrypted, key: secret.key(of: identity)) }
}
