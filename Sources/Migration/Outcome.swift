/// What matching a study with the hospital's orders came to, in the words of Jung et al. 2004, table 3.
public enum Outcome: String, Sendable, Codable, CaseIterable {
    /// Exactly one order, nothing against it.
    case matched = "matched"
    /// A person must choose.
    case manualMatch = "manual match"
    /// The patient is known, but has no order for the day and modality.
    case examLevelFailed = "exam level failed"
    /// The patient is unknown to the hospital.
    case patientLevelFailed = "patient level failed"
}

/// Why a study is held: a stable code, put into words where it is shown.
public enum HoldReason: String, Sendable, Codable, CaseIterable {
    /// Several orders of the patient, day and modality.
    case severalOrders = "several-orders"
    /// One order fits best, and evidence is not enough for it, or speaks against it.
    case doubtful = "doubtful-match"
    /// Several studies claim one order.
    case competingStudies = "competing-studies"
    /// Name, birth date or sex contradict the order (law 13).
    case contradiction = "contradiction"
    /// Another patient of the birth date has a name that fits as well as the order's (law 13).
    case namesake = "namesake"
    /// The object has no patient ID.
    case patientIDBlank = "patient-id-blank"
    /// No order bears the patient ID.
    case patientUnknown = "patient-unknown"
    /// So much is kept under its patient ID that it stands for many patients: nothing of it is matched by itself.
    case patientTooLarge = "patient-too-large"
    /// It would be filed under a patient of the hospital's, and neither birth date nor name confirms that it is theirs.
    case patientUnconfirmed = "patient-unconfirmed"
    /// No order of the patient for the day and modality, and policy says to hold.
    case noOrder = "no-order"
    /// The study has no date to match by.
    case studyDateMissing = "study-date-missing"
    /// Matched without corroboration, while an unread medium could hold the same patient and day.
    case waitingForMedia = "waiting-for-media"
    /// Would be sent, but orders are being imported: another one of its patient and day may still come.
    case waitingForOrders = "waiting-for-orders"
    /// Its only order came in a row whose accession number cannot be used.
    case orderUnusable = "order-unusable"
    /// A flag of what was sent: by what is ordered now it would not be sent so.
    case orderChanged = "order-changed"
    /// One SOP Instance UID with different contents (law 12).
    case uidConflict = "uid-conflict"
    /// One Study Instance UID under two patients (law 12).
    case studyTwoPatients = "study-two-patients"
    /// One accession number under two patients (law 12).
    case accessionTwoPatients = "accession-two-patients"
    /// Some of its files could not be read, and policy says to hold.
    case incomplete = "incomplete"
    /// The order's text cannot be written in the object's own character set.
    case characterSet = "character-set"
    /// Its patient was merged, or is called otherwise, since some of it was sent: the rest would not follow what the destination has.
    case patientChanged = "patient-changed"
    /// The hospital does not know its patient, and nothing says under which issuer of patient IDs such patients are filed.
    case issuerMissing = "issuer-missing"
    /// Matched, and the policy for the media that it lies on is to hold.
    case policy = "held-by-policy"
    /// The legacy archive's own index lists it for another patient than its objects do.
    case legacyPatient = "legacy-patient"
    /// The legacy index lists more instances of it than were read, and no medium is left that could hold the others.
    case legacyListsMore = "legacy-lists-more"
    /// The legacy index lists fewer instances of it than were read.
    case legacyListsFewer = "legacy-lists-fewer"
    /// An unspecified exam whose order the PACS or RIS has not acknowledged yet.
    case orderNotAcknowledged = "order-not-acknowledged"
    /// An unspecified exam whose order the PACS or RIS refused.
    case orderRefused = "order-refused"
    /// An unspecified exam for which no accession number of the reserved range is left.
    case numbersUsedUp = "numbers-used-up"
}

extension HoldReason {
    /// Whether it needs no person: what is waited for, a medium, the end of an import or the answer of the PACS or RIS, comes or is left out.
    public var passesByItself: Bool { self == .waitingForMedia || self == .waitingForOrders || self == .orderNotAcknowledged }
}

/// Why a study could not be migrated after all retries: the categories of the exceptions list.
public enum ExceptionCategory: String, Sendable, Codable, CaseIterable {
    /// No association: nobody answers at the destination's address.
    case destinationUnreachable = "destination-unreachable"
    /// The destination answered and rejected the association.
    case associationRejected = "association-rejected"
    /// The destination takes nothing now: C-STORE is answered with Refused: Out of Resources, A7xx (PS3.4 table B.2-1).
    case outOfResources = "out-of-resources"
    /// A C-STORE was answered with another failure status.
    case destinationRefused = "destination-refused"
    /// The destination accepts no presentation context for the object.
    case notAccepted = "not-accepted"
    /// Sent, but not found as intended at the destination.
    case verificationFailed = "verification-failed"
    /// The destination held an object with that UID before our first send, and it differs from ours.
    case presentBefore = "present-before"
    /// The part could no longer be read from the spool or its medium.
    case unreadable = "unreadable"
    /// A coerced value cannot be written in the object's own character set.
    case characterSet = "character-set"
    /// The worker's own fault: disk, memory, a limit of its own.
    case worker = "worker"
}
