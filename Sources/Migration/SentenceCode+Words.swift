extension SentenceCode {
    /// The English words: `{0}` stands for the first argument, `{2…}` for the third and all after it, separated by commas.
    public var template: String {
        switch self {
        case .labelUnknown, .otherDisc, .notTheExpectedDisc, .beingRead, .copyOfReadMedium, .alreadyRead, .mediumExcluded,
            .mediumGranted, .mediumGrantedAgain, .mediumRead, .mediumPartlyRead, .mediumDrained, .mediumGivenUp, .readingAbandoned, .readingExpired,
            .readingTakenBack, .custodyLost, .custodyResumed, .neededAgain, .mediaImported, .characterSetAssumed:
            mediumTemplate
        case .matched, .matchedUncorroborated, .matchedByEvidence, .doubtful, .severalOrders, .competingStudies, .contradiction, .namesake,
            .patientIDBlank, .patientUnknown, .patientUnconfirmed, .noOrder, .studyDateMissing, .waitingForMedia, .waitingForOrders, .orderUnusable, .patientTooLarge, .uidConflict,
            .studyTwoPatients, .accessionTwoPatients, .incomplete, .characterSet, .heldByPolicy, .waitingForPolicy, .issuerMissing, .legacyPatient,
            .waitingForListed, .legacyListsMore, .legacyListsFewer, .unspecifiedExam, .assignedByPerson, .unspecifiedByPerson, .flagged, .flagLifted,
            .instancesAdded, .partEvicted,
            .legacyStudiesImported, .ledgerRestored:
            studyTemplate
        case .sharedByPerson, .excludedByPerson, .amendedByPerson, .decisionUndone, .reasonGiven, .takenByPerson, .letGoByPerson, .postponedByPerson,
            .postponementOver, .servesOrders, .servesNoMore:
            worklistTemplate
        case .ordersImported, .patientsImported, .ordersGaveWay, .orderImportBegun, .orderImportEnded, .ordersReceived, .identityChanged, .patientsMerged, .messageOutdated, .messageChangesNothing:
            hospitalTemplate
        case .patientChanged, .planFollows, .identityContradicts, .identitySettled, .mergeContradicts,
            .correctionNeeded, .correctionDecided, .correctionAsSent, .correctionNotAsked, .correctionOverdue, .correctionFound,
            .correctionWithdrawn, .correctionApproved, .correctionAwaitedAgain, .correctionWaits, .correctionStaged, .correctionDeleting, .correctionEmpty,
            .correctionNotDeleted, .correctionDeleted:
            correctionTemplate
        case .correctionRejectionApproved, .correctionRejectionStaged, .correctionRejecting, .correctionNotRejected, .correctionRejected:
            rejectionTemplate
        case .orderNotAcknowledged, .orderNotTold, .orderAcknowledged, .orderRefused, .orderUnwritable, .orderWithdrawn, .orderNotNeeded,
            .cancelAcknowledged, .cancelRefused, .orderClosed, .orderClosedByPerson, .numbersUsedUp:
            outboundTemplate
        case .partGranted, .partResult, .elementsChanged, .beyondOurs, .destinationRemarked, .grantExpired, .leasesUnanswered, .grantWithdrawn,
            .resultStale, .sentThoughLeftOut, .interrupted, .attemptFailed, .attemptSpared, .gaveUp, .retryDue, .retriedByPerson, .studySent, .studyVerified,
            .studyVerifiedIncomplete, .noWork, .workerDraining, .destinationTrouble, .afterRestoration, .associationsInUse, .titlesInUse,
            .readersInUse, .workerOutdated:
            leaseTemplate
        case .patientRequested, .studyRequested, .examRequested, .priorsRequested, .priorsNotRequested, .priorsTooMany, .requestCancelled, .requestOver:
            requestTemplate
        case .filmOfDamage, .filmOfMissing, .filmOfExam, .filmLinked, .filmNotNeeded, .filmDone, .filmCancelled, .filmLeftOut, .filmOpenAgain:
            filmTemplate
        case .excludedByModality, .excludedAsOlder, .excludedAsNewer, .excludedByDepartment, .excludedByPatient, .excludedByRetention,
            .excludedByPolicy, .selectionOverruled:
            selectionTemplate
        case .workerInvited, .workerEnrolled, .certificateRenewed, .workerGreeted, .workerLost, .workerReturned, .drainOrdered, .resumeOrdered,
            .workerRevoked, .titleGiven, .authorityMade, .authoritySwitched, .authorityAlone:
            workerTemplate
        case .coordinatorAway, .diskFull, .holdingStoreFailed, .ejected, .ejectedWhileReading, .inventoryMismatch, .lineError, .mediumUnreadable, .reading,
            .readingFailed, .readingWithdrawn, .spoolFull, .spoolTooSmall, .workerDrained, .workerStopped:
            gatewayTemplate
        case .previewFailed, .previewNotNow, .previewAwaited, .previewUnanswered, .previewHolderAway, .previewHolderOlder, .previewNotHeld, .previewsCrowded:
            previewTemplate
        }
    }

    private var previewTemplate: String {
        switch self {
        case .previewFailed: "no picture can be made of it: {0}"
        case .previewNotNow: "no picture can be made of it now: {0}"
        case .previewAwaited: "{0} is told to make it"
        case .previewUnanswered: "{0} was told {1} times to make it, and no picture came"
        case .previewHolderAway: "{0}, which holds it, is not connected"
        case .previewHolderOlder: "{0}, which holds it, makes no pictures: its program is older than version 3 of the line protocol"
        case .previewNotHeld: "no worker holds it any more: {0…} gives it again"
        default: "{0} pictures are waited for already: ask again later"
        }
    }

    private var mediumTemplate: String {
        switch self {
        case .labelUnknown: "no medium labelled {0} is expected"
        case .otherDisc: "the disc inserted as {0} is the one known as {1}"
        case .notTheExpectedDisc: "this is not the disc that was read as {0} before"
        case .beingRead: "{0} is being read by {1}"
        case .copyOfReadMedium: "{0} is a copy of {1}, which was read whole"
        case .alreadyRead: "{0} was read already"
        case .mediumExcluded: "{0} is excluded: {1}"
        case .mediumGranted: "{0} is to be read by {1}"
        case .mediumGrantedAgain: "{0} is to be read again by {1}: {2}"
        case .mediumRead: "{0} was read whole: {1} studies, {2} instances"
        case .mediumPartlyRead: "{0} was read in part: {1} studies, {2} instances, {3} files unreadable, {4} damages of the medium"
        case .characterSetAssumed: "text of {2} objects on {0} was read as {1}, which they do not declare"
        case .mediumGivenUp: "no more comes of {0}, which was read in part: {1}"
        case .mediumDrained: "nothing on {0} is needed any more"
        case .readingAbandoned: "reading {0} was abandoned by {1}: {2}"
        case .readingExpired: "reading {0} ended: {1} was not heard of for its term"
        case .readingTakenBack: "reading {0} by {1} was taken back"
        case .custodyLost: "{0} is needed again: {1} has no longer what it read from it"
        case .custodyResumed: "{1} came back with what it read from {0}"
        case .neededAgain: "{0} is needed again: a study that left {1}'s spool while it was held is ready now"
        default: "{0} media added, {1} updated"
        }
    }

    private var studyTemplate: String {
        switch self {
        case .matched: "matched with order {0}; {1} agrees"
        case .matchedUncorroborated: "matched with order {0} by patient ID, day and modality alone"
        case .matchedByEvidence: "matched with order {0} by evidence: {1}; {2} times as likely as any other way"
        case .doubtful: "order {0} fits best: {1}; but {2}"
        case .severalOrders: "{0} orders of the patient, day and modality: {1…}"
        case .competingStudies: "{0} other studies claim the same order: {1…}"
        case .contradiction: "contradicts order {0}: {1…}"
        case .namesake: "other patients of the hospital have the birth date, and a name that fits the objects as well: {0…}"
        case .patientIDBlank: "the objects have no patient ID"
        case .patientUnknown: "no order bears the patient ID {0}"
        case .patientUnconfirmed: "patient {0} has no order that is the study's, and neither birth date nor name confirms that it is theirs"
        case .noOrder: "patient {0} has no order for {1}, {2}"
        case .studyDateMissing: "no usable study date: '{0}'"
        case .waitingForMedia: "waits for {0}, which could hold the same patient and day"
        case .waitingForOrders: "waits for the end of the import of orders {0}, which could have others of the same patient and day"
        case .orderUnusable: "its only order, kept as {0}, came in a row whose accession number cannot be used"
        case .patientTooLarge: "is not matched by itself: {0}"
        case .uidConflict: "an SOP Instance UID of it has different contents"
        case .studyTwoPatients: "its Study Instance UID is used for two patients"
        case .accessionTwoPatients: "accession number {0} is used for two patients"
        case .incomplete: "{0} of its files could not be read"
        case .characterSet: "a value of the order cannot be written in the objects' character set"
        case .heldByPolicy: "{0}, and policy leaves what comes from {1…} to a person"
        case .waitingForPolicy: "waits for {0}, which could hold more of it and has another policy"
        case .issuerMissing: "the hospital does not know its patient, who could be filed under its issuer of patient IDs: unspecified-exam in coordinator.yaml names another for such patients, and the hospital's"
        case .legacyPatient: "the legacy index lists it for another patient than the objects do: {0…}"
        case .waitingForListed: "the legacy index lists {0} instances of it, and {1} were read: waits for {2}, which could hold the others"
        case .legacyListsMore: "the legacy index lists {0} instances of it, and {1} were read: the others lie on no medium that is still to be read"
        case .legacyListsFewer: "the legacy index lists {0} instances of it, and {1} were read: some may be another study's"
        case .unspecifiedExam: "filed as an unspecified exam under {0}: {1}"
        case .assignedByPerson: "linked to order {0} by {1}"
        case .unspecifiedByPerson: "filed as an unspecified exam under {0} by {1}"
        case .flagged: "came up after it was settled: {0}"
        case .flagLifted: "is over, and flagged no more: {0}"
        case .instancesAdded: "{0} instances added from {1}"
        case .partEvicted: "{0} instances leave the spool of {1}, which is full: their study is held, or they or a copy of them have arrived or go first; {2} gives them again"
        case .legacyStudiesImported: "{0} studies of the legacy index added, {1} updated, {2} unchanged"
        default: "the ledger was put back from a copy that ends at {0}; grant numbers go on after {1}"
        }
    }

    private var worklistTemplate: String {
        switch self {
        case .sharedByPerson: "linked to order {0}, which {1} other studies have as well, by {2}"
        case .excludedByPerson: "left out by {0}: {1}"
        case .amendedByPerson: "sent as order {0}, and to be order {1}'s, says {2}"
        case .decisionUndone: "{0} took back the decision of {1}, who had it {2}"
        case .reasonGiven: "{0} gives the reason: {1}"
        case .takenByPerson: "taken by {0} until {1}"
        case .letGoByPerson: "let go by {0}"
        case .postponedByPerson: "put off until {0} by {1}: {2}"
        case .postponementOver: "back on the worklist: {0}"
        case .servesOrders: "serves orders {1…} as well, says {0}"
        default: "does not serve orders {1…}, says {0}"
        }
    }

    private var hospitalTemplate: String {
        switch self {
        case .ordersImported: "{0} orders added, {1} updated, {2} unchanged, {3} whose accession number is used for two patients"
        case .ordersGaveWay:
            "{0} orders added, {1} updated, {2} unchanged, {3} whose accession number is used for two patients; {4} rows say otherwise than what the hospital has said since: that stays"
        case .orderImportBegun: "the import of orders {0} began, says {1}: what is matched anew waits for its end"
        case .orderImportEnded: "the import of orders {0} has ended, says {1}"
        case .patientsImported: "{0} patients added, {1} updated, {2} unchanged"
        case .ordersReceived: "{0} says: {1} orders added, {2} updated, {3} unchanged, {4} whose accession number is used for two patients"
        case .identityChanged: "{0} says how patient {1} is called from now on: {2} orders changed"
        case .patientsMerged: "{0} says that what was kept under patient {1} belongs to patient {2} from now on: {3} orders moved"
        case .messageOutdated: "{0} says of {1} what a newer message has said otherwise: that stays"
        default: "{0} says what is known"
        }
    }

    private var correctionTemplate: String {
        switch self {
        case .patientChanged: "some of it was sent under patient {0}, and is patient {1}'s now: the rest waits"
        case .planFollows: "nothing of it has arrived: it goes out under patient {0} from now on"
        case .identityContradicts: "not sent: it is said to be patient {0}'s now, whose birth date, sex or name contradicts its objects' (it was planned under patient {1})"
        case .identitySettled: "what is said of its patient does not contradict its objects any more"
        case .mergeContradicts: "patient {0} was merged into patient {1}, whose orders give another birth date or sex: a person looks whether they are one"
        case .correctionNeeded: "sent under patient {0}, and is patient {1}'s now: that the destination corrects it is awaited until {2}"
        case .correctionDecided: "sent as order {0}, and is order {1}'s as {2} decided: it is corrected at the destination by a person, or deleted there and sent again on approval"
        case .correctionAsSent: "the destination has not corrected it: {0}"
        case .correctionNotAsked: "the destination could not be asked: {0}"
        case .correctionOverdue: "the destination has not corrected it in time, a person decides: {0}"
        case .correctionFound: "found at the destination under patient {0}, as it should be"
        case .correctionWithdrawn: "needs no correction any more: the hospital says again what was sent"
        case .correctionApproved: "to be deleted at the destination and sent again under patient {0}, says {1}, once all {2} instances are in the workers' custody"
        case .correctionAwaitedAgain: "that the destination corrects it is awaited until {0}, says {1}"
        case .correctionWaits: "approved, and nothing is deleted or rejected yet: {0}"
        case .correctionStaged: "all {0} instances are in the workers' custody: it is to be deleted at the destination"
        case .correctionDeleting: "being deleted at the destination, as {0} approved: all {1} instances are in the workers' custody"
        case .correctionEmpty: "the destination lists nothing of it any more: it is asked once again before it is sent again"
        case .correctionNotDeleted: "not deleted at the destination: {0}"
        default: "the destination has nothing of it any more: it is sent again under patient {0}"
        }
    }

    private var rejectionTemplate: String {
        switch self {
        case .correctionRejectionApproved:
            "to be rejected at the destination by a note, and sent again under patient {0} with new UIDs, says {1}, once all {2} instances are in the workers' custody"
        case .correctionRejectionStaged: "all {0} instances are in the workers' custody: a note is to reject at the destination what it has of them"
        case .correctionRejecting: "being rejected at the destination by note {2}, as {0} approved: all {1} instances are in the workers' custody"
        case .correctionNotRejected: "not rejected at the destination: {0}"
        default: "the destination has rejected it, by note {1}: it is sent again under patient {0}, with new UIDs"
        }
    }

    private var outboundTemplate: String {
        switch self {
        case .orderNotAcknowledged: "order {0} is told to the PACS or RIS; the images wait until it is acknowledged"
        case .orderNotTold: "order {0} is not acknowledged yet: {1}"
        case .orderAcknowledged: "order {0} was acknowledged: {1}"
        case .orderRefused: "order {0} was refused, {1}: {2}"
        case .orderUnwritable: "order {0} has characters that {1} cannot write: it was not told"
        case .orderWithdrawn: "order {0} is not needed any more; it had not been told"
        case .orderNotNeeded: "order {0} is not needed any more: it is cancelled at the PACS or RIS"
        case .cancelAcknowledged: "the cancel of order {0} was acknowledged: {1}"
        case .cancelRefused: "the cancel of order {0} was refused, {1}: {2}"
        case .orderClosed: "nothing is to be done about what was refused of order {0}: {1}"
        case .orderClosedByPerson: "nothing is to be done about what was refused of order {0}, says {1}: {2}"
        default: "none of the {0} accession numbers from {1} to {2} is left for an unspecified exam"
        }
    }

    private var leaseTemplate: String {
        switch self {
        case .partGranted: "{0} instances to be sent by {1}"
        case .partResult: "{0} instances verified, {1} acknowledged, {2} failed, {3} not tried"
        case .elementsChanged: "changed, as element and instances: {0…}"
        case .beyondOurs: "the destination has {0} more objects in the study"
        case .destinationRemarked: "{0} instances arrived, and the destination had something to say: {1}"
        case .grantExpired: "{0} was not heard of for its term; no attempt is counted"
        case .leasesUnanswered: "given up: {0} let {1} leases of a part in a row expire without an answer"
        case .grantWithdrawn: "taken back from {0}; no attempt is counted"
        case .resultStale: "{0} reported under a grant that was no longer live, {1} instances as sent; the study is verified again"
        case .sentThoughLeftOut: "left out, and yet {0} sent some of it under a grant that was no longer live: it may lie at the destination, and is decided on anew"
        case .interrupted: "interrupted; no attempt is counted"
        case .attemptFailed: "attempt {1} failed ({0}), to be tried again in {2}: {3}"
        case .attemptSpared: "the destination is in trouble ({0}); no attempt is counted"
        case .gaveUp: "given up after {1} attempts ({0}): {2}"
        case .retryDue: "to be tried again"
        case .retriedByPerson: "to be tried again, says {0}"
        case .studySent: "{0} instances acknowledged"
        case .studyVerified: "{0} instances found at the destination as intended"
        case .studyVerifiedIncomplete: "{0} instances found at the destination as intended; {1} files could not be read"
        case .noWork: "nothing to be sent from this worker's custody now"
        case .workerDraining: "{0} is draining"
        case .associationsInUse: "all of the {0} associations that the destination may be asked for are in use"
        case .titlesInUse: "all of the {0} calling AE titles are in use by other workers"
        case .readersInUse: "{0} is read from as often at once as it may be, {1} times"
        case .workerOutdated: "{0} speaks no version {1} of the line protocol, which a study that is sent with new UIDs needs: update its program"
        case .afterRestoration: "the ledger was put back from a copy; nothing is leased until {0}, when no lease of before can be sent under any more"
        default: "the destination is in trouble ({0}) since {1}; tried again at {2}"
        }
    }

    private var requestTemplate: String {
        switch self {
        case .patientRequested: "request {0}: the studies of patient {1} are to go first, says {2}: {3}"
        case .studyRequested: "request {0}: study {1} is to go first, says {2}: {3}"
        case .examRequested: "request {0}: the exam of accession number {1} is to go first, says {2}: {3}"
        case .priorsRequested: "request {0}: the studies of patient {1} are to go first until {4}: {2} told of the new order {3}"
        case .priorsNotRequested: "{0} told of new orders; the priors of {1} are not requested, as {2} such requests are open"
        case .priorsTooMany: "{0} says of new order {1}: its patient ID has more than {2} studies, and is taken for no patient's; no priors are requested"
        case .requestCancelled: "request {0} was cancelled by {1}: {2}"
        default: "request {0} has ended: its time is over"
        }
    }

    private var filmTemplate: String {
        switch self {
        case .filmOfDamage: "film {0} is to be digitised for request {1}: {2} instances of study {3} could not be read"
        case .filmOfMissing: "film {0} is to be digitised for request {1}: the legacy index lists study {2}, which was not read, and {3}"
        case .filmOfExam: "film {0} is to be digitised for request {1}: nothing was read of exam {2}, and {3}, whose dates include it, is damaged or left out"
        case .filmLinked: "film {0} is digitised: study {1} came, and is linked to its order"
        case .filmNotNeeded: "film {0} is not needed any more: study {1} was read after all"
        case .filmLeftOut: "film {0} is not needed: study {1} is left out"
        case .filmOpenAgain: "film {0} is to be digitised after all: what was decided on study {1}, and ended it, holds no more"
        case .filmDone: "film {0} is digitised as study {1}, says {2}"
        default: "film {0} is not to be digitised, says {1}: {2}"
        }
    }

    private var selectionTemplate: String {
        switch self {
        case .excludedByModality: "left out: of {0}, and {1} are migrated"
        case .excludedAsOlder: "left out: of {0}, and studies are migrated from {1} on"
        case .excludedAsNewer: "left out: of {0}, and studies are migrated up to {1}"
        case .excludedByDepartment: "left out: its order is of {0}, and those of {1} are migrated"
        case .excludedByPatient: "left out: its patient is not on the list of those whose studies are migrated"
        case .excludedByPolicy: "left out: {0}, and policy leaves what comes from {1…} out then"
        case .excludedByRetention: "left out: of {0}, more than {1} years ago"
        default: "migrated because of request {0}, though selection would leave it out: {1}"
        }
    }

    private var workerTemplate: String {
        switch self {
        case .workerInvited: "{0} was invited"
        case .workerEnrolled: "{0} enrolled"
        case .certificateRenewed: "{0} has a new certificate"
        case .workerGreeted: "{0} has a new spool"
        case .workerLost: "{0} was not heard of for {1}"
        case .workerReturned: "{0} came back"
        case .titleGiven: "{0} calls the destination as {1} from now on"
        case .drainOrdered: "{0} is to take no new work, says {1}"
        case .resumeOrdered: "{0} is to work again, says {1}"
        case .authorityMade: "authority {0} was made by {1}; it acts when every worker trusts it"
        case .authoritySwitched: "authority {0} acts, says {1}"
        case .authorityAlone: "authority {0} acts alone, says {1}: what the former one signed is refused"
        default: "{0} was revoked by {1}"
        }
    }

    private var gatewayTemplate: String {
        switch self {
        case .coordinatorAway: "the coordinator cannot be reached"
        case .diskFull: "the disk of the spool is full; work goes on when it has room: {0}"
        case .holdingStoreFailed: "the spool is full and the holding store takes nothing: {0}"
        case .ejected: "ejected before the coordinator decided"
        case .ejectedWhileReading: "ejected while it was read"
        case .inventoryMismatch: "the coordinator did not accept the inventory"
        case .lineError: "the coordinator refused a line: {0}"
        case .mediumUnreadable: "{0} cannot be opened: {1}"
        case .reading: "being read"
        case .readingFailed: "reading failed: {0}"
        case .readingWithdrawn: "the coordinator took back the grant to read {0}"
        case .spoolFull: "the spool is full: {0}"
        case .spoolTooSmall: "the spool is too small for it: {0}"
        case .workerDrained: "the worker is drained and takes no new medium"
        default: "the worker was stopped"
        }
    }
}
