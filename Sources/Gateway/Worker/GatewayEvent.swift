import Holding
import LineProtocol
import Media
import Migration
import Trust

/// Everything that the worker's one loop takes in, in the order of its arrival.
enum GatewayEvent: Sendable {
    case line(LineEvent)
    case holding(HoldingEvent)
    case control(ControlRequest, reply: @Sendable (ControlReply) -> Void)
    /// A medium that was to be presented is open, or cannot be opened.
    case opened(drive: String, label: String, Result<any Medium, any Error>)
    /// Reading under a grant has ended: with how many pieces, or why not.
    case readingEnded(GrantNumber, Result<Int, any Error>)
    /// A medium that is granted could not be begun, because the spool's disk was full; it is tried again.
    case readAgain(drive: String, GrantNumber, fingerprint: String)
    /// A held study was copied into the holding store, or why the store took nothing; nil: the study itself could not be copied.
    case copiedAside(StagedStudy?, fault: String?)
    /// Whether the spool's disk has room again.
    case diskProbed(hasRoom: Bool)
    /// The worker's new identity is stored, or why there is none.
    case renewed(Result<Identity, any Error>)
    /// The lines that say a preview, or why there is none.
    case previewMade(PreviewJob, [PreviewRequest])
    case tick
}
