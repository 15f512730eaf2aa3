/// The bounds of this room (law 9), each with its source.
public enum MediumLimits {
    /// ECMA-119 6.1.2: a logical sector of 2,048 bytes; other sizes are refused.
    public static let sectorByteCount: Int64 = 2048
    /// Bytes handed over at once while reading: what Linux reads ahead of a sequential reader by default, so that a drive streams; and what is
    /// digested twice is still in the processor's cache.
    public static let chunkByteCount = 128 << 10

    /// ECMA-119 6.2.1: sectors 0 to 15 are the system area; descriptors begin at 16.
    static let systemAreaSectorCount: Int64 = 16
    /// Volume descriptors read in one set; real discs have two to five.
    static let descriptorsPerSet = 64
    /// Sessions of one disc. A CD has at most 99 tracks (IEC 60908); images grown on a disk may have more.
    static let sessions = 256
    /// Files and folders of one disc. A DVD of 4.7 GB filled with DICOM files of 16 kB has 300,000.
    static let directoryRecords = 2_000_000
    /// Bytes of one directory: 200,000 files with Rock Ridge entries of 300 bytes fit.
    static let directoryByteCount: Int64 = 64 << 20
    /// Folders within folders. ECMA-119 6.8.2.1 allows 8, Rock Ridge and Joliet more.
    static let depth = 128
    /// Bytes of one path in UTF-8: PATH_MAX of Linux.
    static let pathByteCount = 4096
    /// Continuation areas of one directory record (SUSP 5.1); real records have one or two.
    static let continuationAreas = 32
    /// Bytes of one continuation area: SUSP 5.1 keeps it within one logical sector.
    static let continuationByteCount: Int64 = 2048
    /// Findings of one kind that are listed; more are counted.
    static let findingsOfOneKind = 64
    /// Ranges of sectors listed in one finding; more are counted.
    static let rangesInFinding = 64
    /// Ranges of recorded sectors kept while looking for sessions; beyond that, neighbours are joined.
    static let rangesKept = 65_536
    /// Sectors outside all files that may fail before the search for sessions ends: each costs a drive seconds.
    static let unreadableSectorsInSearch = 4_096
}
