import Foundation
import Testing

@testable import Media

@Suite("A folder as a medium")
struct FolderMediumTests {
    @Test("All files below it are listed by path and read whole; links are told, not followed")
    func listing() throws {
        let folder = try TemporaryFolder()
        try folder.write("in/b/두번째.dcm", noise(3_000_000, seed: 1))
        try folder.write("in/a", noise(10, seed: 2))
        try folder.write("in/b/c/empty", [])
        try folder.write("secret", noise(10, seed: 3))
        try FileManager.default.createSymbolicLink(atPath: folder.path("in/out"), withDestinationPath: folder.path("secret"))
        try FileManager.default.createSymbolicLink(atPath: folder.path("in/up"), withDestinationPath: "..")
        let medium = try openMedium(at: folder.path("in"))
        #expect(medium.kind == .folder)
        #expect(medium.volumeIdentifier == "in")
        #expect(medium.files.map(\.path) == ["a", "b/c/empty", "b/두번째.dcm"])
        #expect(try medium.tree() == ["a": noise(10, seed: 2), "b/c/empty": [], "b/두번째.dcm": noise(3_000_000, seed: 1)])
        #expect(Set(medium.findings) == [MediumFinding(.notAFile, path: "out"), MediumFinding(.notAFile, path: "up")])
    }

    @Test("Bytes are read into memory from any place of a folder's or disc's file, and from beyond its end none")
    func intoMemory() throws {
        let folder = try TemporaryFolder()
        let bytes = noise(3_000_000, seed: 1)
        try folder.write("in/a", bytes)
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"))
        for name in ["in", "disc.iso"] {
            let medium = try openMedium(at: folder.path(name))
            for (offset, count) in [(0, 3_000_000), (1_000_001, 17), (2_999_999, 1), (5, 0)] {
                #expect(try medium.bytes(of: medium.files[0], at: offset, count: count) == Array(bytes[offset..<offset + count]))
            }
            let error = #expect(throws: MediumError.self) { try medium.bytes(of: medium.files[0], at: 2_999_990, count: 11) }
            #expect(error?.code == .changed && error?.offset == 3_000_000)
        }
    }

    @Test("A name that is no UTF-8 is listed and read")
    func otherCharacterSet() throws {
        let folder = try TemporaryFolder()
        let bytes = Array(folder.path("").utf8) + [UInt8(ascii: "/"), 0xB1, 0xE8]
        let descriptor = open(bytes.map { CChar(bitPattern: $0) } + [0], O_CREAT | O_WRONLY, 0o600)
        #expect(descriptor >= 0)
        #expect(write(descriptor, [1, 2, 3] as [UInt8], 3) == 3)
        close(descriptor)
        let medium = try openMedium(at: folder.path(""))
        #expect(medium.files.map(\.path) == ["\u{B1}\u{E8}"])
        #expect(try medium.contents(of: medium.files[0]) == [1, 2, 3])
    }

    @Test("The fingerprint is that of the listing")
    func fingerprint() throws {
        let folder = try TemporaryFolder()
        try folder.write("in/a", noise(10, seed: 1))
        let first = try openMedium(at: folder.path("in")).fingerprint
        #expect(try openMedium(at: folder.path("in")).fingerprint == first)
        try folder.write("in/b", noise(10, seed: 1))
        #expect(try openMedium(at: folder.path("in")).fingerprint != first)
    }

    @Test("A file that is gone, shorter, a link or a pipe since it was listed is an error of its own")
    func changed() throws {
        let folder = try TemporaryFolder()
        for name in ["gone", "shorter", "link", "pipe", "same"] { try folder.write("in/\(name)", noise(100, seed: 1)) }
        let medium = try openMedium(at: folder.path("in"))
        for name in ["gone", "link", "pipe"] { try FileManager.default.removeItem(atPath: folder.path("in/\(name)")) }
        try folder.write("in/shorter", [1, 2])
        try folder.write("other", noise(100, seed: 2))
        try FileManager.default.createSymbolicLink(atPath: folder.path("in/link"), withDestinationPath: folder.path("other"))
        #expect(mkfifo(folder.path("in/pipe"), 0o600) == 0)
        for name in ["gone", "shorter", "link", "pipe"] {
            let error = #expect(throws: MediumError.self) { try medium.contents(of: name) }
            #expect(error?.code == .changed)
            #expect(error?.path == name)
            #expect(error?.offset == (name == "shorter" ? 2 : 0))
        }
        #expect(try medium.contents(of: "same") == noise(100, seed: 1))
    }

    @Test("A folder that cannot be read is counted as one; folders have no sectors")
    func unit() {
        #expect(MediumFinding(.unreadableDirectory, path: "sub").description == "unreadable-directory in sub: 1 folder")
    }
}
