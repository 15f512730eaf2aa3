import Coordination
import LineProtocol
import Migration

/// What one seed plays: a hospital, a fleet, and what goes wrong. Moments are milliseconds of true time from the start on.
struct Scenario {
    var configuration = MigrationConfiguration(destination: Scenario.destination)
    /// How often the engine hears of the time.
    var tick: Int64 = 1000
    var gateways: [GatewayPlan] = []
    var discs: [Disc] = []
    var studies: [StudyPlan] = []
    /// Orders by when they are imported.
    var imports: [(at: Int64, orders: [Order])] = []
    /// What lies at the destination before.
    var foreign: [ForeignObject] = []
    /// Whether the destination keeps an object that it has when another one comes under its UID.
    var keepsOld = false
    var faults: [Mishap] = []
    var weather = Weather()
    /// When faults end.
    var safety: Int64 = 0
    /// Parts in a million by which the coordinator's clock runs fast.
    var coordinatorDrift: Int64 = 0

    static let destination = "dicom://PACS@pacs.example:104?calling=SKEIN"

    /// The day of the coordinator's clock at the start: 2004-02-29T00:00:00Z, when the first such migration ran (Jung et al. 2004).
    static let epoch: Int64 = 1_078_012_800_000

    var isOfVersion2: Bool { gateways.allSatisfy { $0.versions.contains(LineLimits.renewingVersion) } }
    var hasClockSteps: Bool { faults.contains { if case .clockStep = $0.fault { true } else { false } } }
}

/// A gateway workstation.
struct GatewayPlan {
    var name: String
    var drives: Int
    var parts: Int
    /// Sends of one part at the same time.
    var associations: Int
    var drift: Int64
    var spoolLimit: Int64
    var hasHoldingStore: Bool
    var joins: Int64
    /// The versions of the protocol that its program speaks.
    var versions: [Int]

    /// Those of a gateway that is up to date: previews are not played, so that nothing of version 3 is said.
    static let newestVersions = LineLimits.protocolVersions.filter { $0 < LineLimits.previewVersion }
}

/// A disc of the archive.
final class Disc {
    let expected: ExpectedMedium
    let fingerprint: String
    var studies: [StudyInventory] = []
    /// Files that cannot be read: in so many readings, by path. What never can be read has a count that is never reached.
    var damage: [String: Int] = [:]
    /// How often reading it was begun.
    var readings = 0
    /// Whether it was read to its end after damage that passes had passed.
    var wasReadLate = false

    var label: String { expected.label }
    var fileCount: Int { studies.reduce(0) { $0 + $1.instances.count } }
    var byteCount: Int64 { studies.reduce(0) { $0 + $1.instances.reduce(0) { $0 + $1.byteCount } } }

    init(expected: ExpectedMedium, fingerprint: String) {
        self.expected = expected
        self.fingerprint = fingerprint
    }

    /// Readings after which damage that passes has passed.
    static let passingDamage = 1
    static let lastingDamage = Int.max
}

/// A study of the archive, and what may become of it besides its arrival.
struct StudyPlan {
    var uid: String
    /// Reasons for which it may be held in the end.
    var mayBeHeld: Set<HoldReason> = []
    /// Categories with which it may be an exception in the end.
    var mayFail: Set<ExceptionCategory> = []
    /// Whether the order's text cannot be written in its character set.
    var hasOldCharacterSet = false
    /// Accession numbers that a person may link it to.
    var accessions: [String] = []
}

/// An object that somebody else stored at the destination.
struct ForeignObject {
    var sopInstanceUID: String
    var object: StoredObject
}

/// What goes wrong all the time, in thousandths, and how slow things are, in milliseconds.
struct Weather {
    var lineLatency: ClosedRange<Int> = 1...40
    var commit: ClosedRange<Int> = 1...20
    var readPiece: ClosedRange<Int> = 200...2000
    var store: ClosedRange<Int> = 20...4000
    /// Stored, but answered with an error.
    var falseErrors = 0
    /// Answered with success, but not stored.
    var falseSuccesses = 0
    /// A line that comes once more, on a connection that its worker has given up.
    var ghosts = 0
    /// Chance that what was on its way on a connection that broke arrives all the same.
    var lateLines = 500

    static let clear = Weather()
}

/// When something goes wrong.
struct Mishap {
    var at: Int64
    var fault: Fault
    /// Whether it comes only once its gateway has a send under way.
    var waitsForSend: Bool
}

/// Something that goes wrong at a moment.
enum Fault {
    case breakLine(Int)
    case partition(Int, for: Int64)
    case crash(Int, losesSpool: Bool, for: Int64)
    case freeze(Int, for: Int64)
    case stop(Int, for: Int64)
    case crashCoordinator(CrashPoint, for: Int64)
    case ledgerFull(for: Int64)
    case diskFull(Int, for: Int64)
    case clockStep(by: Int64)
    case destination(DestinationTrouble, for: Int64)
    case pullDisc
    case drain(Int, for: Int64)
    case revoke(Int, keepsSpool: Bool, for: Int64)
    case excludeDisc(Int)

    /// The post of the gateway that it strikes.
    var post: Int? {
        switch self {
        case .breakLine(let post), .partition(let post, _), .crash(let post, _, _), .freeze(let post, _), .stop(let post, _), .diskFull(let post, _),
            .drain(let post, _), .revoke(let post, _, _):
            post
        case .crashCoordinator, .ledgerFull, .clockStep, .destination, .pullDisc, .excludeDisc: nil
        }
    }
}

/// Where in a commit the coordinator dies.
enum CrashPoint {
    /// Between two commits.
    case idle
    /// All is decided, nothing is committed.
    case beforeCommit
    /// All is committed, nothing is answered.
    case afterCommit
}

/// What is wrong with a destination for a while.
enum DestinationTrouble {
    case unreachable, rejecting, full, refusing, slow
}
