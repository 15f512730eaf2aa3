import Crypto
import Holding
import LineProtocol
import Migration

/// What a gateway does with discs.
extension Gateway {
    private func place(of drive: String) -> Int? { drives.firstIndex { $0.name == drive } }

    // MARK: Hands

    /// A person puts a disc into a drive.
    func insert(_ disc: Disc, into place: Int) {
        drives[place].disc = disc
        tell(.mediumWithdrawn(drive: drives[place].name))
        // Told that, a gateway with nothing left to do may have ended, and the disc is out again.
        guard isRunning else { return }
        drives[place].state = .reading
        drives[place].grant = nil
        tell(
            .mediumPresented(
                MediumRequest(
                    drive: drives[place].name, label: disc.label, fingerprint: disc.fingerprint, volumeIdentifier: "CDROM",
                    byteCount: disc.byteCount, fileCount: disc.fileCount, isOnline: false)))
    }

    /// A person takes the disc out of a drive, read or not.
    func eject(_ place: Int) {
        let name = drives[place].name
        drives[place] = Drive(name: name)
        if isRunning { tell(.mediumWithdrawn(drive: name)) }
    }

    func refuse(_ drive: String) {
        guard let place = place(of: drive) else { return }
        drives[place].state = .refused
    }

    // MARK: Reading

    func read(_ drive: String, _ grant: GrantNumber) {
        guard let place = place(of: drive), let disc = drives[place].disc, drives[place].state == .reading, drives[place].grant == nil else {
            return tell(.readingFailed(grant, Sentence(.ejectedWhileReading)))
        }
        drives[place].grant = grant
        disc.readings += 1
        spool[grant] = StagedMedium(disc: disc, passes: disc.readings)
        readOn(DiscReading(disc, passes: disc.readings, grant: grant))
    }

    /// Reads the next piece, as soon as there is room for it.
    private func readOn(_ reading: DiscReading) {
        after(Int64(world.chance.number(world.weather.readPiece))) { [unowned self] in
            guard drives.contains(where: { $0.grant == reading.grant }), spool[reading.grant] != nil else { return }
            guard let piece = reading.next else { return finish(reading) }
            switch admission(piece.byteCount) {
            case .granted:
                take(piece, of: reading)
                readOn(reading.afterNext)
            case .wait: readOn(reading)
            case .never:
                if let place = drives.firstIndex(where: { $0.grant == reading.grant }) { drives[place].state = .refused }
                tell(.readingFailed(reading.grant, Sentence(.spoolTooSmall, [.bytes(plan.spoolLimit)])))
            }
        }
    }

    private enum Admission { case granted, wait, never }

    /// As the real spool's gauge: from the high-water mark on reading waits until the low-water mark is reached.
    private func admission(_ count: Int64) -> Admission {
        if isDiskFull { return .wait }
        guard plan.spoolLimit != .max else { return .granted }
        let (low, high) = (plan.spoolLimit * 80 / 100, plan.spoolLimit * 90 / 100)
        if spool.byteCount <= low { isPaused = false }
        let mark = isPaused ? low : high
        if spool.byteCount + count <= mark {
            isPaused = false
            return .granted
        }
        isPaused = true
        return spool.committedByteCount > 0 ? .wait : .never
    }

    private func take(_ piece: DiscReading.Piece, of reading: DiscReading) {
        guard var medium = spool[reading.grant] else { return }
        for study in piece.content.studies { medium.add(study) }
        let request = InventoryRequest(grant: reading.grant, matter: .piece(number: medium.lines.count, piece.content))
        guard let line = try? LineCodec().encode(.inventory(request)) else { return }
        medium.lines.append(line)
        spool[reading.grant] = medium
        tell(.piecesWritten(reading.grant, count: medium.lines.count))
    }

    private func finish(_ reading: DiscReading) {
        guard !isDiskFull else { return readOn(reading) }
        guard var medium = spool[reading.grant] else { return }
        let digests = medium.lines.flatMap { payloadDigest($0) }
        let end = InventoryEnd(
            pieces: medium.lines.count, digest: hexadecimal(SHA256.hash(data: digests)), fileCount: reading.disc.fileCount, notDICOMCount: 0, findings: [])
        guard let line = try? LineCodec().encode(.inventory(InventoryRequest(grant: reading.grant, matter: .end(end)))) else { return }
        medium.pieceCount = medium.lines.count
        medium.lines.append(line)
        spool[reading.grant] = medium
        tell(.inventoryComplete(reading.grant, pieces: medium.pieceCount ?? 0))
        tell(.custodyChanged(count: spool.custody.count))
    }

    func drop(_ grant: GrantNumber) {
        if let place = drives.firstIndex(where: { $0.grant == grant }) {
            drives[place].state = .refused
            drives[place].grant = nil
        }
        spool[grant] = nil
        tell(.custodyChanged(count: spool.custody.count))
    }

    func enterCustody(_ grant: GrantNumber) {
        spool.close(grant)
        if let place = drives.firstIndex(where: { $0.grant == grant }) {
            drives[place].state = .done
            drives[place].grant = nil
        }
        tell(.custodyChanged(count: spool.custody.count))
    }
}

/// How far a disc is read, and what comes next.
struct DiscReading {
    /// A piece of the inventory, and the bytes to be staged for it.
    struct Piece {
        let content: InventoryPiece
        let byteCount: Int64
    }

    let disc: Disc
    let grant: GrantNumber
    private var pieces: ArraySlice<Piece>

    var next: Piece? { pieces.first }
    var afterNext: DiscReading {
        var reading = self
        reading.pieces = pieces.dropFirst()
        return reading
    }

    /// Instances of one piece: few, so that inventories of several pieces are common.
    private static let instancesOfPiece = 6

    /// The reading of a disc that was begun `passes` times.
    init(_ disc: Disc, passes: Int, grant: GrantNumber) {
        self.disc = disc
        self.grant = grant
        var pieces: [Piece] = []
        for study in disc.studies {
            var rest = study.instances[...]
            while !rest.isEmpty {
                let some = rest.prefix(Self.instancesOfPiece)
                rest = rest.dropFirst(some.count)
                let isGood = { (instance: InstanceRecord) in (disc.damage[instance.path] ?? 0) < passes }
                let good = some.filter(isGood)
                let bad = some.filter { !isGood($0) }
                pieces.append(
                    Piece(
                        content: InventoryPiece(
                            studies: good.isEmpty ? [] : [StudyInventory(header: study.header, instances: Array(good))],
                            unreadable: bad.map { Self.finding($0, of: study.header.studyInstanceUID) }),
                        byteCount: good.reduce(0) { $0 + $1.byteCount }))
            }
        }
        self.pieces = pieces[...]
    }

    /// What is known of a damaged file: some begin well enough to tell what they are.
    private static func finding(_ instance: InstanceRecord, of study: String) -> UnreadableFile {
        let tells = instance.path.hasSuffix("1") || instance.path.hasSuffix("2")
        return UnreadableFile(
            path: instance.path, code: tells ? "cut" : "unreadable", detail: "", studyInstanceUID: tells ? study : "",
            sopInstanceUID: tells ? instance.sopInstanceUID : "")
    }
}
