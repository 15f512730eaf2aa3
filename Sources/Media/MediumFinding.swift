/// Something wrong with a medium itself, found while it was opened. It costs nothing but itself: all else is listed and read.
public struct MediumFinding: Hashable, Sendable, CustomStringConvertible {
    /// What was found. The raw value is stable, for records and JSON.
    public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        /// Sectors hold something, and no session accounts for them: files may be missing from the listing.
        case unaccountedSectors = "unaccounted-sectors"
        /// Sectors outside all listed files cannot be read: a session or files there would be missing.
        case unreadableSectors = "unreadable-sectors"
        /// The search for further sessions ended before the end of the medium.
        case searchEnded = "search-ended"
        /// The volume descriptors declare more sectors than there are.
        case imageCutShort = "image-cut-short"
        /// Files, or parts of them, lie beyond the end of the image.
        case filesBeyondEnd = "files-beyond-end"
        /// A volume descriptor contradicts itself or is missing.
        case damagedDescriptor = "damaged-descriptor"
        /// A directory, or a part of it, cannot be read.
        case unreadableDirectory = "unreadable-directory"
        /// A directory holds bytes that are no directory record: a file or folder is lost.
        case damagedRecord = "damaged-record"
        /// A record's little-endian and big-endian fields differ; the value that fits the medium was taken.
        case contradictoryRecord = "contradictory-record"
        /// Folders contain themselves; each was listed once.
        case directoryCycle = "directory-cycle"
        /// A folder, a file or what follows it is beyond a bound of ours and was left out.
        case limitReached = "limit-reached"
        /// A file recorded interleaved (ECMA-119 6.4.3) was left out.
        case interleavedFile = "interleaved-file"
        /// The disc carries a UDF file system as well, which is not read.
        case otherFileSystem = "other-file-system"
        /// Symbolic links and special files were left out, never followed.
        case notAFile = "not-a-file"
    }

    /// What was found.
    public let code: Code
    /// The file or folder concerned, nil where it is the medium.
    public let path: String?
    /// Sectors concerned, ascending, at most 64 ranges of them.
    public let sectors: [Range<Int64>]
    /// How many there are: sectors, files, folders or records, more than listed where the list was bounded.
    public let count: Int64

    init(_ code: Code, path: String? = nil, sectors: [Range<Int64>] = [], count: Int64 = 1) {
        self.code = code
        self.path = path
        self.sectors = Array(sectors.prefix(MediumLimits.rangesInFinding))
        self.count = count
    }

    /// Whether files may be missing from the listing, or in part unreadable: such a medium is partly read at best.
    public var meansLoss: Bool {
        switch code {
        case .unaccountedSectors, .unreadableSectors, .searchEnded, .filesBeyondEnd, .unreadableDirectory, .damagedRecord, .limitReached,
            .interleavedFile:
            true
        case .imageCutShort, .damagedDescriptor, .contradictoryRecord, .directoryCycle, .otherFileSystem, .notAFile:
            false
        }
    }

    /// A sentence in English.
    public var description: String {
        var text = code.rawValue
        if let path { text += " in \(path.isEmpty ? "the root folder" : path)" }
        text += ": \(count) \(unit)"
        if !sectors.isEmpty {
            text += ", sectors " + sectors.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: " ")
        }
        return text
    }

    private var unit: String {
        switch code {
        // On media without sectors.
        case .unreadableDirectory where path != nil && sectors.isEmpty: count == 1 ? "folder" : "folders"
        case .unaccountedSectors, .unreadableSectors, .searchEnded, .imageCutShort, .unreadableDirectory: count == 1 ? "sector" : "sectors"
        case .filesBeyondEnd, .interleavedFile, .notAFile: count == 1 ? "file" : "files"
        case .damagedDescriptor: count == 1 ? "descriptor" : "descriptors"
        case .damagedRecord, .contradictoryRecord: count == 1 ? "record" : "records"
        case .directoryCycle: count == 1 ? "folder" : "folders"
        case .limitReached: count == 1 ? "entry" : "entries"
        case .otherFileSystem: count == 1 ? "file system" : "file systems"
        }
    }
}

/// Findings as they are met: the first of each kind are kept, the rest counted into one of their kind.
struct FindingCollector {
    private(set) var listed: [MediumFinding] = []
    private var counts: [MediumFinding.Code: Int] = [:]
    private var surplus: [MediumFinding.Code: Int64] = [:]

    mutating func add(_ finding: MediumFinding) {
        let count = counts[finding.code, default: 0]
        if count < MediumLimits.findingsOfOneKind {
            counts[finding.code] = count + 1
            listed.append(finding)
        } else {
            surplus[finding.code, default: 0] += finding.count
        }
    }

    /// All findings, with one more for each kind that was met too often to be listed.
    var findings: [MediumFinding] {
        listed + MediumFinding.Code.allCases.compactMap { code in surplus[code].map { MediumFinding(code, count: $0) } }
    }
}
