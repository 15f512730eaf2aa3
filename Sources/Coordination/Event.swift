public import LineProtocol
public import Migration

/// What the engine is told.
public enum Event: Sendable {
    /// A line of an authenticated worker; every verb but `AUTHORITY` and `ENROL`. The digest is the SHA-256 of the line's bytes after the verb and
    /// its space and before its LF, 32 bytes.
    case line(WorkerID, Request, payloadDigest: [UInt8])
    /// An invited worker's `ENROL`. The identity is a random UUID that the shell made and writes into the certificate.
    case enrolment(secretDigest: [UInt8], identity: String)
    /// What an operator wants.
    case action(OperatorAction, by: String)
    /// What a system of the hospital says of orders and patients; at most ``OperatorAction/importLimit`` notices.
    case message(HospitalMessage)
    /// What was found out about a correction at the destination.
    case correction(CorrectionReport)
    /// What came of telling the PACS or RIS of orders; at most ``OperatorAction/importLimit`` of them.
    case outbound(OutboundReport)
    /// A second went by.
    case tick
}

/// What an operator can do, on the command line and in the console.
public enum OperatorAction: Sendable {
    /// Invite a worker; the secret itself stays with the operator.
    case invite(name: String, site: String, secretDigest: [UInt8], expires: Instant)
    /// Add or update expected media, at most ``importLimit`` at a time.
    case importMedia([ExpectedMedium])
    /// Leave a medium out.
    case excludeMedium(label: String, reason: String)
    /// Add or update hospital orders, at most ``importLimit`` at a time. Given a moment, the hospital said so then; otherwise they give way to what it said.
    case importOrders([Order], asOf: Instant? = nil)
    /// An import of orders begins, under this name: until it ends, nothing that is matched anew is sent.
    case beginOrderImport(name: String)
    /// The import of orders of this name has ended, or is given up.
    case endOrderImport(name: String)
    /// Add or update patients and their merges from before the migration, at most ``importLimit`` at a time.
    case importPatients([PatientNotice])
    /// Add or update studies of the legacy archive's own index, at most ``importLimit`` at a time.
    case importLegacyStudies([LegacyStudy])
    /// A film was digitised as this study.
    case doneFilm(FilmID, studyInstanceUID: String)
    /// A film is not to be digitised.
    case cancelFilm(FilmID, reason: String)
    /// Nothing is to be done about an order or cancel that the PACS or RIS refused.
    case closeOutbound(OutboundID, reason: String)
    /// A worker is to take no new work.
    case drain(worker: String)
    /// A worker is to work again.
    case resume(worker: String)
    /// A worker is refused for good.
    case revoke(worker: String)
    /// Link a study to an order.
    case assign(studyInstanceUID: String, accessionNumber: String, use: OrderUse = OrderUse(), terms: DecisionTerms = DecisionTerms())
    /// File a study as an unspecified exam.
    case fileAsUnspecified(studyInstanceUID: String, terms: DecisionTerms = DecisionTerms())
    /// Do something else with a study on the manual worklist.
    case worklist(WorklistAction, studyInstanceUID: String, terms: DecisionTerms = DecisionTerms())
    /// Try an exception again.
    case retry(studyInstanceUID: String)
    /// Delete a study at the destination that lies there under a former identity, and send it again; with `isContradicting` even under one that contradicts its objects.
    case approveCorrection(studyInstanceUID: String, isContradicting: Bool = false)
    /// Await anew that the destination corrects a study by itself.
    case awaitCorrection(studyInstanceUID: String)
    /// Migrate ahead of all else what somebody asks for.
    case request(RequestSubject, reason: String)
    /// End a request before its time.
    case cancelRequest(RequestID, reason: String)
    /// Record what became of the migration's certificate authority of this fingerprint.
    case noteAuthority(AuthorityChange, fingerprint: String)

    /// Records of one import action: keeps the writer for some tenths of a second at most (law 1).
    public static var importLimit: Int { 1000 }
}

/// What becomes of a certificate authority.
public enum AuthorityChange: Hashable, Sendable {
    /// It was made, and is to act next.
    case made
    /// It acts.
    case switched
    /// It acts alone: what the one before it signed is refused.
    case alone
}

/// What the engine answers.
public enum Answer: Hashable, Sendable {
    /// The reply to a line; also an `ERR` to an enrolment.
    case reply(Reply)
    /// The worker enrolled under this name; the shell signs its certificate.
    case enrolled(name: String, worker: WorkerID)
    /// The worker of this name may have a new certificate; the shell signs it.
    case renewed(name: String)
    /// An action was carried out, or a message was taken.
    case done(Sentence)
    /// An action or a message was refused and changed nothing.
    case refused(ActionError)
    /// Nothing to say.
    case nothing
}

/// Why an action was refused.
public struct ActionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The stable code.
    public var code: Code
    /// The thing, the place and the limit, in words; without patient data.
    public var message: String

    /// An error of `code` with `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Why actions are refused.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// No such worker, medium, study or order.
        case unknown
        /// A name, label or value is not as it must be.
        case badValue = "bad-value"
        /// The name is in use, or somebody else has taken the study.
        case taken
        /// What the decision goes by is otherwise by now.
        case outdated
        /// It is too late, or the thing's state does not allow it.
        case notNow = "not-now"
        /// More records than one action may carry.
        case tooMany = "too-many"
        /// A patient ID whose issuer is not said, and that several issuers have: nobody knows whose it is.
        case ambiguousPatient = "ambiguous-patient"
        /// Nothing can be made durable now.
        case ledgerUnavailable = "ledger-unavailable"
        /// The coordinator's own fault.
        case `internal`
    }

    public var description: String { "\(code.rawValue): \(message)" }
}
