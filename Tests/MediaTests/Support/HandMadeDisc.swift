@testable import Media

/// A disc image made byte by byte, for what no mastering program would write. Folders are at the sectors that the test chooses.
struct HandMadeDisc {
    var bytes: [UInt8]

    /// A disc of `sectorCount` sectors with a primary descriptor at 16, whose root directory is `rootSectors` long from sector 20 on.
    init(sectorCount: Int, rootSectors: Int = 1) {
        bytes = [UInt8](repeating: 0, count: sectorCount * 2048)
        put([1] + Array("CD001".utf8) + [1], at: 16 * 2048)
        put(Self.both32(sectorCount), at: 16 * 2048 + 80)
        for field in [120, 124] { put([1, 0, 0, 1], at: 16 * 2048 + field) }
        put([0, 8, 8, 0], at: 16 * 2048 + 128)
        put(Self.record(name: [0], sector: 20, byteCount: rootSectors * 2048, flags: 2), at: 16 * 2048 + 156)
        bytes[16 * 2048 + 881] = 1
        put([255] + Array("CD001".utf8) + [1], at: 17 * 2048)
    }

    mutating func put(_ added: [UInt8], at position: Int) {
        bytes.replaceSubrange(position..<(position + added.count), with: added)
    }

    /// Writes a folder's records, with "." and "..", at `sector`.
    mutating func folder(at sector: Int, byteCount: Int = 2048, systemUse: [UInt8] = [], _ records: [[UInt8]]) {
        var content = Self.record(name: [0], sector: sector, byteCount: byteCount, flags: 2, systemUse: systemUse)
        content += Self.record(name: [1], sector: 20, byteCount: 2048, flags: 2)
        put(content + records.flatMap { $0 }, at: sector * 2048)
    }

    var disc: DiscImage {
        get throws { try DiscImage(source: MemorySource(bytes: bytes), name: "hand-made") }
    }

    /// ECMA-119 9.1.
    static func record(
        name: [UInt8], sector: Int, byteCount: Int, flags: UInt8 = 0, unit: UInt8 = 0, gap: UInt8 = 0, attributes: UInt8 = 0, systemUse: [UInt8] = []
    ) -> [UInt8] {
        var record: [UInt8] = [0, attributes] + both32(sector) + both32(byteCount) + [99, 1, 1, 0, 0, 0, 0, flags, unit, gap, 1, 0, 0, 1]
        record += [UInt8(name.count)] + name + (name.count % 2 == 0 ? [0] : []) + systemUse
        if record.count % 2 == 1 { record.append(0) }
        record[0] = UInt8(record.count)
        return record
    }

    static func record(_ name: String, sector: Int, byteCount: Int, flags: UInt8 = 0, systemUse: [UInt8] = []) -> [UInt8] {
        record(name: Array(name.utf8), sector: sector, byteCount: byteCount, flags: flags, systemUse: systemUse)
    }

    static func both32(_ value: Int) -> [UInt8] {
        let little = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return little + little.reversed()
    }

    /// A system use entry (SUSP 4.1).
    static func entry(_ signature: String, _ data: [UInt8]) -> [UInt8] {
        Array(signature.utf8) + [UInt8(4 + data.count), 1] + data
    }

    /// What the root's "." needs for Rock Ridge: SP, and RR.
    static let rockRidge = entry("SP", [0xBE, 0xEF, 0]) + entry("RR", [0x81])
}
