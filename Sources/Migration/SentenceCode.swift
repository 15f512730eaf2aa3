/// The codes of the sentences that the coordinator and the workers say. Each has words in ``SentenceCode/template``.
///
/// Codes are stored and compared by other programs: one is never renamed and never changes the kinds of its arguments.
public enum SentenceCode: String, Sendable, CaseIterable {
    // Media: decisions on MEDIUM and what became of them.
    case labelUnknown = "label-unknown"
    case otherDisc = "other-disc"
    case notTheExpectedDisc = "not-the-expected-disc"
    case beingRead = "being-read"
    case copyOfReadMedium = "copy-of-read-medium"
    case alreadyRead = "already-read"
    case mediumExcluded = "medium-excluded"
    case mediumGranted = "medium-granted"
    case mediumGrantedAgain = "medium-granted-again"
    case mediumRead = "medium-read"
    case mediumPartlyRead = "medium-partly-read"
    case mediumDrained = "medium-drained"
    case characterSetAssumed = "character-set-assumed"
    case readingAbandoned = "reading-abandoned"
    case readingExpired = "reading-expired"
    case readingTakenBack = "reading-taken-back"
    case custodyLost = "custody-lost"
    case custodyResumed = "custody-resumed"
    case neededAgain = "needed-again"
    case mediaImported = "media-imported"

    // Studies: what matching says, with the words of its decisions.
    case matched = "matched"
    case matchedUncorroborated = "matched-uncorroborated"
    case matchedByEvidence = "matched-by-evidence"
    case doubtful = "doubtful-match"
    case severalOrders = "several-orders"
    case competingStudies = "competing-studies"
    case contradiction = "contradiction"
    case patientIDBlank = "patient-id-blank"
    case patientUnknown = "patient-unknown"
    case noOrder = "no-order"
    case studyDateMissing = "study-date-missing"

    // Studies: what the engine adds to that.
    case waitingForMedia = "waiting-for-media"
    case waitingForOrders = "waiting-for-orders"
    case orderUnusable = "order-unusable"
    case uidConflict = "uid-conflict"
    case studyTwoPatients = "study-two-patients"
    case accessionTwoPatients = "accession-two-patients"
    case incomplete = "incomplete"
    case characterSet = "character-set"
    case unspecifiedExam = "unspecified-exam"
    case assignedByPerson = "assigned-by-person"
    case unspecifiedByPerson = "unspecified-by-person"
    case flagged = "flagged"
    case instancesAdded = "instances-added"
    case partEvicted = "part-evicted"

    // Studies whose patient is another, or called otherwise, since they were planned or sent.
    case patientChanged = "patient-changed"
    case planFollows = "plan-follows"
    case correctionNeeded = "correction-needed"
    case correctionAsSent = "correction-as-sent"
    case correctionNotAsked = "correction-not-asked"
    case correctionOverdue = "correction-overdue"
    case correctionFound = "correction-found"
    case correctionWithdrawn = "correction-withdrawn"
    case correctionApproved = "correction-approved"
    case correctionAwaitedAgain = "correction-awaited-again"
    case correctionStaged = "correction-staged"
    case correctionNotDeleted = "correction-not-deleted"
    case correctionDeleted = "correction-deleted"

    // Leases of parts and what came of them.
    case partGranted = "part-granted"
    case partResult = "part-result"
    case elementsChanged = "elements-changed"
    case beyondOurs = "beyond-ours"
    case destinationRemarked = "destination-remarked"
    case grantExpired = "grant-expired"
    case leasesUnanswered = "leases-unanswered"
    case grantWithdrawn = "grant-withdrawn"
    case resultStale = "result-stale"
    case interrupted = "interrupted"
    case attemptFailed = "attempt-failed"
    case attemptSpared = "attempt-spared"
    case gaveUp = "gave-up"
    case retryDue = "retry-due"
    case retriedByPerson = "retried-by-person"
    case studySent = "study-sent"
    case studyVerified = "study-verified"
    case studyVerifiedIncomplete = "study-verified-incomplete"
    case noWork = "no-work"
    case workerDraining = "worker-draining"
    case destinationTrouble = "destination-trouble"
    case afterRestoration = "after-restoration"
    case associationsInUse = "associations-in-use"
    case titlesInUse = "titles-in-use"
    case readersInUse = "readers-in-use"

    // Requests for studies to go ahead of all others.
    case patientRequested = "patient-requested"
    case studyRequested = "study-requested"
    case examRequested = "exam-requested"
    case priorsRequested = "priors-requested"
    case priorsNotRequested = "priors-not-requested"
    case requestCancelled = "request-cancelled"
    case requestOver = "request-over"

    // Selection: the rule that leaves a study out.
    case excludedByModality = "excluded-by-modality"
    case excludedAsOlder = "excluded-as-older"
    case excludedAsNewer = "excluded-as-newer"
    case excludedByDepartment = "excluded-by-department"
    case excludedByPatient = "excluded-by-patient"
    case excludedByRetention = "excluded-by-retention"
    case selectionOverruled = "selection-overruled"

    // Workers.
    case workerInvited = "worker-invited"
    case workerEnrolled = "worker-enrolled"
    case certificateRenewed = "certificate-renewed"
    case workerGreeted = "worker-greeted"
    case workerLost = "worker-lost"
    case workerReturned = "worker-returned"
    case drainOrdered = "drain-ordered"
    case resumeOrdered = "resume-ordered"
    case workerRevoked = "worker-revoked"
    case titleGiven = "title-given"

    // The certificate authority.
    case authorityMade = "authority-made"
    case authoritySwitched = "authority-switched"
    case authorityAlone = "authority-alone"

    // Orders and the ledger itself.
    case ordersImported = "orders-imported"
    case ordersGaveWay = "orders-gave-way"
    case orderImportBegun = "order-import-begun"
    case orderImportEnded = "order-import-ended"
    case legacyStudiesImported = "legacy-studies-imported"
    case ordersReceived = "orders-received"
    case identityChanged = "identity-changed"
    case patientsMerged = "patients-merged"
    case messageOutdated = "message-outdated"
    case messageChangesNothing = "message-changes-nothing"
    case ledgerRestored = "ledger-restored"

    // What workers say of their drives, their spool and themselves.
    case coordinatorAway = "coordinator-away"
    case diskFull = "disk-full"
    case ejected = "ejected"
    case ejectedWhileReading = "ejected-while-reading"
    case holdingStoreFailed = "holding-store-failed"
    case inventoryMismatch = "inventory-mismatch"
    case lineError = "line-error"
    case mediumUnreadable = "medium-unreadable"
    case reading = "reading"
    case readingFailed = "reading-failed"
    case readingWithdrawn = "reading-withdrawn"
    case spoolFull = "spool-full"
    case spoolTooSmall = "spool-too-small"
    case workerDrained = "worker-drained"
    case workerStopped = "worker-stopped"
}

extension Sentence {
    /// A sentence of a known code.
    public init(_ code: SentenceCode, _ arguments: [SentenceArgument] = []) {
        self.init(code.rawValue, arguments)
    }
}
