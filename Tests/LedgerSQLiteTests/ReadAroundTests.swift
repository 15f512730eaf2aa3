import CSQLite
import Foundation
import Testing

@testable import LedgerSQLite

@Suite("How the ledger's pages are read")
struct ReadAroundTests {
    private static let pageByteCount = 4096
    private static let pageCount = 128

    /// A file of 512 KiB, each page full of its number, on the disk.
    private func file() throws -> (path: String, descriptor: Int32) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("skein-\(UUID().uuidString)").path
        let content = (0..<Self.pageCount).flatMap { Array(repeating: UInt8($0), count: Self.pageByteCount) }
        try Data(content + [1, 2, 3]).write(to: URL(fileURLWithPath: path))
        let descriptor = open(path, O_RDWR)
        try #require(descriptor >= 0 && fsync(descriptor) == 0)
        return (path, descriptor)
    }

    /// Pages of the file that are in memory.
    private func pagesInMemory(_ descriptor: Int32) -> [Int] {
        let byteCount = Self.pageByteCount * Self.pageCount
        guard let place = mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0), place != MAP_FAILED else { return [] }
        defer { munmap(place, byteCount) }
        var pages = [UInt8](repeating: 0, count: Self.pageCount)
        mincore(place, byteCount, &pages)
        return pages.indices.filter { pages[$0] & 1 == 1 }
    }

    @Test("A read gives what is there, in memory or not, as much of it as the file has, and the kernel's error")
    func content() throws {
        let (path, descriptor) = try file()
        defer {
            close(descriptor)
            unlink(path)
        }
        for isCold in [true, false] {
            for page in [0, 77, Self.pageCount - 1] {
                if isCold { posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }
                var buffer = [UInt8](repeating: 255, count: Self.pageByteCount)
                #expect(readWithSurroundings(descriptor, &buffer, buffer.count, off_t(page * Self.pageByteCount)) == buffer.count)
                #expect(buffer.allSatisfy { $0 == UInt8(page) })
            }
        }
        var buffer = [UInt8](repeating: 255, count: Self.pageByteCount)
        let end = off_t(Self.pageCount * Self.pageByteCount)
        #expect(readWithSurroundings(descriptor, &buffer, buffer.count, end) == 3)
        #expect(buffer.prefix(4) == [1, 2, 3, 255])
        #expect(readWithSurroundings(descriptor, &buffer, buffer.count, end + 3) == 0)
        #expect(readWithSurroundings(-1, &buffer, buffer.count, 0) == -1)
        #expect(errno == EBADF)
    }

    /// Whether a file's pages can leave memory: not on a file system that is in memory itself, such as tmpfs.
    private static let canForget: Bool = {
        let tests = ReadAroundTests()
        guard let (path, descriptor) = try? tests.file() else { return false }
        defer {
            close(descriptor)
            unlink(path)
        }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        return tests.pagesInMemory(descriptor).isEmpty
    }()

    @Test("What is in no memory comes with the pages around it", .enabled(if: canForget))
    func surroundings() throws {
        let (path, descriptor) = try file()
        defer {
            close(descriptor)
            unlink(path)
        }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        try #require(pagesInMemory(descriptor).isEmpty)
        var buffer = [UInt8](repeating: 0, count: Self.pageByteCount)
        #expect(readWithSurroundings(descriptor, &buffer, buffer.count, off_t(77 * Self.pageByteCount)) == buffer.count)
        let around = 64..<80
        let deadline = Date(timeIntervalSinceNow: 10)
        while !around.allSatisfy(pagesInMemory(descriptor).contains), Date() < deadline { sched_yield() }
        #expect(around.allSatisfy(pagesInMemory(descriptor).contains))
    }

    @Test("SQLite reads its files so once a ledger is opened")
    func sqlite() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("skein-\(UUID().uuidString)").path
        defer { for end in ["", "-wal", "-shm", "-head"] { unlink(path + end) } }
        let ledger = try SQLiteLedger(path: path)
        #expect(ReadAround.isInPlace)
        try ledger.close()
    }
}
