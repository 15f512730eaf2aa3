/// What is wrong with a certificate, an invitation or a file of this room.
///
/// A struct over a code, so that a code can be added without breaking callers. Messages name the thing and the place, never a secret.
public struct TrustError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The stable code.
    public let code: Code
    /// What is wrong, for people.
    public let message: String

    /// An error of `code` with `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    /// The codes.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A text is no invitation; the message names the part that is wrong.
        case invitationMalformed = "invitation-malformed"
        /// The coordinator that answered belongs to another authority than the invitation.
        case authorityMismatch = "authority-mismatch"
        /// A certificate cannot be read, or does not chain to the authority.
        case certificateInvalid = "certificate-invalid"
        /// A certificate of the authority, but not of the role that is needed.
        case roleWrong = "role-wrong"
        /// A certificate signing request cannot be read or is not signed by its own key.
        case signingRequestInvalid = "signing-request-invalid"
        /// The authorities do not stand so that they could be changed in this way.
        case authorityStanding = "authority-standing"
        /// A file cannot be read or written.
        case file = "file"
    }
}
