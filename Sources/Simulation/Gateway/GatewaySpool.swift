import LineProtocol
import Migration

/// What is staged of one medium.
struct StagedMedium {
    let disc: Disc
    /// How often its reading was begun, this one included.
    let passes: Int
    /// The studies in the order of their first report, each with its instances in the order of report.
    private(set) var studies: [(uid: String, instances: [InstanceRecord])] = []
    /// The lines of the inventory that are written.
    var lines: [[UInt8]] = []
    var pieceCount: Int?
    var isClosed = false
    var erased: Set<String> = []
    var aside: Set<String> = []
    var byteCount: Int64 = 0

    /// Whether its inventory is written to its end.
    var isComplete: Bool { pieceCount != nil }

    func instances(of study: String) -> [InstanceRecord] { studies.first { $0.uid == study }?.instances ?? [] }

    mutating func add(_ inventory: StudyInventory) {
        let uid = inventory.header.studyInstanceUID
        if let place = studies.firstIndex(where: { $0.uid == uid }) {
            studies[place].instances += inventory.instances
        } else {
            studies.append((uid, inventory.instances))
        }
        byteCount += inventory.instances.reduce(0) { $0 + $1.byteCount }
    }
}

/// One study from one medium, sent in one way: what the journal's records are about.
struct SendKey: Hashable {
    let mediumGrant: GrantNumber
    let study: String
    let coercions: [Coercion]

    init(_ item: LeaseItem) {
        mediumGrant = item.mediumGrant
        study = item.studyInstanceUID
        coercions = item.coercions
    }
}

/// What the journal knows of one ``SendKey``.
struct SendHistory {
    /// What the destination had before our first send; nil when nothing was sent yet.
    var presence: Set<String>?
    var acknowledged: Set<Int> = []
}

/// A gateway's disk: it outlives the gateway's process.
struct GatewaySpool {
    let identity: String
    private(set) var media: [GrantNumber: StagedMedium] = [:]
    var journal: [SendKey: SendHistory] = [:]

    init(identity: String) { self.identity = identity }

    var byteCount: Int64 { media.values.reduce(0) { $0 + $1.byteCount } }
    /// Bytes of complete inventories: the rest leaves only with its reader.
    var committedByteCount: Int64 { media.values.reduce(0) { $0 + ($1.isComplete ? $1.byteCount : 0) } }
    var custody: [GrantNumber] { media.filter { $0.value.isComplete }.keys.sorted() }
    var unclosed: [(GrantNumber, Int)] {
        custody.compactMap { grant in media[grant].flatMap { $0.isClosed ? nil : (grant, $0.pieceCount ?? 0) } }
    }

    subscript(_ grant: GrantNumber) -> StagedMedium? {
        get { media[grant] }
        set { media[grant] = newValue }
    }

    /// What a process that died had not finished reading is erased.
    mutating func dropIncomplete() {
        for grant in media.keys where media[grant]?.isComplete == false { media[grant] = nil }
    }

    mutating func close(_ grant: GrantNumber) {
        if let medium = media[grant], medium.passes > Disc.passingDamage { medium.disc.wasReadLate = true }
        media[grant]?.isClosed = true
        if media[grant]?.studies.isEmpty == true { media[grant] = nil }
    }

    /// Erases what is staged of a study; a medium of which nothing is left is forgotten.
    mutating func erase(_ study: String, under grant: GrantNumber) {
        guard var medium = media[grant], medium.erased.insert(study).inserted else { return }
        if !medium.aside.contains(study) { medium.byteCount -= Self.byteCount(of: study, in: medium) }
        let isEmpty = medium.isClosed && medium.studies.allSatisfy { medium.erased.contains($0.uid) }
        media[grant] = isEmpty ? nil : medium
    }

    /// Moves a study into the holding store.
    mutating func setAside(_ study: String, under grant: GrantNumber) {
        guard var medium = media[grant], !medium.erased.contains(study), medium.aside.insert(study).inserted else { return }
        medium.byteCount -= Self.byteCount(of: study, in: medium)
        media[grant] = medium
    }

    private static func byteCount(of study: String, in medium: StagedMedium) -> Int64 {
        medium.instances(of: study).reduce(0) { $0 + $1.byteCount }
    }
}
