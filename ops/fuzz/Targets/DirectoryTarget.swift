@testable import DICOM

/// A DICOMDIR of any bytes (PS3.3 annex F). To Skein it is a file as any other, and what its records say is never used: they are opened here as the
/// items of the deepest sequence that media hold.
enum DirectoryTarget {
    private static let directoryRecordSequence = Tag(0x0004, 0x1220)
    private static let text: [Tag] = [Tag(0x0004, 0x1130), Tag(0x0004, 0x1430), Tag(0x0004, 0x1500), Tag(0x0004, 0x1510), Tag(0x0004, 0x1511)]
    private static let offsets: [Tag] = [Tag(0x0004, 0x1200), Tag(0x0004, 0x1202), Tag(0x0004, 0x1400), Tag(0x0004, 0x1420)]

    static func run(_ input: [UInt8]) {
        FileTarget.run(input)
        guard let header = Reading(of: input, pieceByteCount: max(1, input.count)).header else { return }
        read(header.dataSet)
        for record in (try? header.dataSet.items(directoryRecordSequence)) ?? [] { read(record) }
    }

    private static func read(_ record: DataSet) {
        for tag in text { _ = record.strings(tag) }
        for tag in offsets { _ = record.integer(tag) }
    }
}
