import Crypto

/// A disc as an image file or block device: ISO 9660 (ECMA-119) with Joliet and Rock Ridge, all sessions.
///
/// The reader is our own since libarchive shows the first session only and does not say where files lie: the written order and the damage map need that.
struct DiscImage: Medium {
    let kind = MediumKind.discImage
    let fingerprint: MediumFingerprint
    let volumeIdentifier: String
    let files: [MediumFile]
    let findings: [MediumFinding]

    private let source: any ByteSource

    /// Reads the directories of all sessions.
    ///
    /// - Parameter name: what to call the image in errors.
    /// - Throws: ``MediumError`` where it is no disc image, or one that is not read.
    init(source: any ByteSource, name: String) throws {
        let reader = SectorReader(source: source)
        var search = SessionSearch(reader: reader)
        guard search.sessions.contains(where: { !$0.trees.isEmpty }) else {
            throw Self.refusal(reader: reader, sessions: search.sessions, name: name)
        }
        let files = FileUnion(of: search.sessions).files
        let beyondEnd = files.count { $0.extents.contains { $0.end > source.byteCount } }
        if beyondEnd > 0 { search.add(MediumFinding(.filesBeyondEnd, count: Int64(beyondEnd))) }
        self.source = source
        self.files = files
        findings = search.findings.findings
        fingerprint = Self.fingerprint(of: search.sessions)
        let first = search.sessions.min { $0.descriptors.start < $1.descriptors.start }
        volumeIdentifier = first?.descriptors.volumes.lazy.map(\.volumeIdentifier).first { !$0.isEmpty } ?? ""
    }

    /// Says what the source is instead, as far as its first sectors tell.
    private static func refusal(reader: SectorReader, sessions: [Session], name: String) -> MediumError {
        if let other = sessions.first?.descriptors.volumes.first?.blockByteCount {
            return MediumError(.unsupportedFormat, "\(name): logical blocks of \(other) bytes; only 2,048 are read")
        }
        let place = MediumLimits.systemAreaSectorCount
        guard let view = reader.sector(place) else {
            return MediumError(
                place < reader.sectorCount ? .noDirectory : .notAMedium, sector: place, "\(name): no volume descriptor can be read there")
        }
        if view.starts(with: "BEA01", at: 1) {
            return MediumError(.unsupportedFormat, sector: place, "\(name): a disc with a UDF file system alone, which is not read")
        }
        if view.starts(with: "CD001", at: 1) {
            return MediumError(.noDirectory, sector: place, "\(name): an ISO 9660 disc whose volume descriptors lead to no directory")
        }
        // ISO/IEC 10149 14.1: the synchronisation field of a raw sector.
        if let start = reader.sector(0), start[0] == 0, start[1..<11].bytes.allSatisfy({ $0 == 0xFF }), start[11] == 0 {
            return MediumError(.unsupportedFormat, sector: 0, "\(name): raw sectors of 2,352 bytes; only images of 2,048 bytes a sector are read")
        }
        return MediumError(.notAMedium, sector: place, "\(name): no ISO 9660 volume descriptor (CD001) there")
    }

    private static func fingerprint(of sessions: [Session]) -> MediumFingerprint {
        var hash = SHA256()
        for session in sessions {
            for volume in session.descriptors.volumes { hash.update(data: volume.bytes) }
            for tree in session.trees { hash.update(data: tree.rootBytes) }
        }
        return MediumFingerprint(hash.finalize())
    }

    func read(_ file: MediumFile, range: Range<Int64>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        var start: Int64 = 0
        var buffer: [UInt8] = []
        for extent in file.extents {
            let wanted = range.clamped(to: start..<(start + extent.byteCount))
            if !wanted.isEmpty {
                try read(Piece(path: file.path, range: wanted, place: extent.place + wanted.lowerBound - start), buffer: &buffer, body)
            }
            start += extent.byteCount
        }
    }

    /// Bytes of a file that lie in one piece on the disc.
    private struct Piece {
        let path: String
        /// Bytes of the file.
        let range: Range<Int64>
        /// Where they begin in the image.
        let place: Int64
    }

    private func read(_ piece: Piece, buffer: inout [UInt8], _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        var done: Int64 = 0
        let total = piece.range.upperBound - piece.range.lowerBound
        while done < total {
            let wanted = Int(min(total - done, Int64(MediumLimits.chunkByteCount)))
            if buffer.count < wanted { buffer = [UInt8](repeating: 0, count: wanted) }
            let count: Int
            var failure: SystemError?
            do {
                count = try source.read(into: &buffer, count: wanted, at: piece.place + done)
            } catch {
                (count, failure) = readBySector(&buffer, count: wanted, at: piece.place + done)
            }
            if count > 0 { try body(buffer[0..<count]) }
            done += Int64(count)
            if count < wanted { throw error(at: done, in: piece, failure: failure) }
        }
    }

    /// Reads as far as it goes up to the failing sector, after a larger read failed: a drive fails the whole request.
    private func readBySector(_ buffer: inout [UInt8], count: Int, at place: Int64) -> (Int, SystemError?) {
        var done = 0
        var sector = [UInt8](repeating: 0, count: Int(MediumLimits.sectorByteCount))
        while done < count {
            let position = place + Int64(done)
            let toBoundary = Int(MediumLimits.sectorByteCount - position % MediumLimits.sectorByteCount)
            let wanted = min(count - done, toBoundary)
            do {
                let read = try source.read(into: &sector, count: wanted, at: position)
                buffer.replaceSubrange(done..<(done + read), with: sector[0..<read])
                done += read
                if read < wanted { return (done, nil) }
            } catch {
                return (done, error)
            }
        }
        return (done, nil)
    }

    private func error(at done: Int64, in piece: Piece, failure: SystemError?) -> MediumError {
        let place = piece.place + done
        let sector = place / MediumLimits.sectorByteCount
        let offset = piece.range.lowerBound + done
        if let failure {
            return MediumError(.unreadable, path: piece.path, sector: sector, offset: offset, "cannot be read: \(failure)")
        }
        return MediumError(
            .beyondEnd, path: piece.path, sector: sector, offset: offset, "the image ends at byte \(source.byteCount), before the file does")
    }
}

extension Extent {
    /// The first byte in the image.
    var place: Int64 { sector * MediumLimits.sectorByteCount }
    /// The byte in the image behind the last.
    var end: Int64 { place + byteCount }
}

extension MediumFingerprint {
    init(_ digest: SHA256.Digest) {
        let digits = Array("0123456789abcdef")
        self.init(hexadecimal: String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }))
    }
}
