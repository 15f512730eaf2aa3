public import LineProtocol
public import Migration

/// What happens to a worker, told to its ``Holder``.
public enum HoldingEvent: Sendable {
    /// A connection to the coordinator is up, its certificate verified.
    case connected
    /// The connection is gone; what was not answered was perhaps not heard.
    case disconnected
    /// The reply to the oldest line that has none yet.
    case replied(Reply)
    /// A medium is in a drive, or reachable online.
    case mediumPresented(MediumRequest)
    /// The medium is taken out of its drive by an operator, read or not.
    case mediumWithdrawn(drive: String)
    /// So many pieces of a medium's inventory are written in the spool and may be said.
    case piecesWritten(GrantNumber, count: Int)
    /// The inventory and all staged objects are durable in the spool: the end may be said.
    case inventoryComplete(GrantNumber, pieces: Int)
    /// The medium cannot be read on.
    case readingFailed(GrantNumber, Sentence)
    /// Found in the spool at start: an inventory that is complete, but that the coordinator has not closed.
    case inventoryRestored(GrantNumber, pieces: Int)
    /// The work on a part has ended, wholly or after a fence.
    case partEnded(ResultItem)
    /// How many media grants the spool holds now.
    case custodyChanged(count: Int)
    /// Whether the disk of the spool is full: nothing more is asked for until it has room.
    case diskFull(Bool)
    /// The lines that say a preview, or that there is none, as it was ordered by ``HoldingAction/makePreviews(mediumGrant:studyInstanceUID:instances:)``.
    case previewMade([PreviewRequest])
    /// Time has passed.
    case tick
    /// An operator or the system wants the worker to end.
    case stopRequested
}

/// What the worker must do now, in this order.
public enum HoldingAction: Hashable, Sendable {
    /// Say one line; see ``Saying``.
    case say(Saying)
    /// Close the connection and connect anew.
    case reconnect
    /// Begin to read the medium in this drive under this grant.
    case read(drive: String, GrantNumber)
    /// The coordinator does not want the medium in this drive.
    case refuseMedium(drive: String, Sentence)
    /// Stop reading and forget what was staged under this grant.
    case dropMedium(GrantNumber)
    /// The coordinator has the whole inventory: the medium may be ejected, its parts are in our custody.
    case enterCustody(GrantNumber)
    /// Work on this part; a send may start until the instant given.
    case startPart(LeaseItem, sendUntil: Instant)
    /// Sends of this part may start until then.
    case extendPart(GrantNumber, sendUntil: Instant)
    /// Start no further send of this part and end the work on it.
    case stopPart(GrantNumber)
    /// The coordinator took the result; nothing about this grant needs to be kept.
    case resultTaken(GrantNumber, isStale: Bool)
    /// Erase the staged files of a study.
    case erase(mediumGrant: GrantNumber, studyInstanceUID: String)
    /// Move the staged files of a study into the holding store.
    case evict(mediumGrant: GrantNumber, studyInstanceUID: String)
    /// Make previews of these instances, one after the other, and tell of each with ``HoldingEvent/previewMade(_:)``: of the next one when the one before it
    /// is answered.
    case makePreviews(mediumGrant: GrantNumber, studyInstanceUID: String, instances: InstanceRanges)
    /// Nothing more is said of the last preview that was told; if not `isWanted`, none of its study is wanted any more.
    case previewAnswered(isWanted: Bool)
    /// No previews are wanted: the connection to who ordered them is gone.
    case dropPreviews
    /// Put these in the place of the worker's certificate and of the authorities that it trusts, and connect anew with them.
    case takeCertificate(RenewReply)
    /// The worker's work is over.
    case end(Ending)
}

/// Why a worker's work is over.
public enum Ending: Hashable, Sendable {
    /// It was told to stop, and what it had to say is said or waited for long enough.
    case stopped
    /// The coordinator drained it and nothing is left in its custody.
    case drained
    /// The coordinator will not work with it: revoked, or of another protocol version.
    case refused(LineError)
}

/// One line to the coordinator; the shell fills in what the spool and the drives know.
public enum Saying: Hashable, Sendable {
    /// `HELLO`. The custody is that of the spool and of these media, which are being read.
    case hello(reading: [GrantNumber])
    /// `BEAT` naming these grants.
    case beat([GrantNumber])
    /// `MEDIUM`.
    case medium(MediumRequest)
    /// `INVENTORY` with the piece of this number, as it is written in the spool.
    case piece(GrantNumber, Int)
    /// `INVENTORY` with the end, as it is written in the spool.
    case inventoryEnd(GrantNumber)
    /// `INVENTORY` with the reason why reading was given up.
    case abandon(GrantNumber, Sentence)
    /// `LEASE` for so many parts.
    case lease(Int)
    /// `RESULT` of these parts.
    case result([ResultItem])
    /// `RENEW`, with a new key.
    case renew
    /// `PREVIEW`.
    case preview(PreviewRequest)
}
