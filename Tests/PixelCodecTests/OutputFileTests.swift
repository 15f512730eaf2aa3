import Foundation
import Testing

@testable import PixelCodec

@Suite struct OutputFileTests {
    @Test func `a file has its name when it is whole, and no other stays behind`() throws {
        let workshop = try Workshop()
        let output = try OutputFile(path: workshop.path("x/y/a"), makesFolders: true)
        try output.write([1, 2, 3])
        #expect(!FileManager.default.fileExists(atPath: workshop.path("x/y/a")))
        try output.finish()
        #expect(FileManager.default.contents(atPath: workshop.path("x/y/a")) == Data([1, 2, 3]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: workshop.path("x/y")) == ["a"])
    }

    @Test func `a name that was taken while the file was written stays with who took it`() throws {
        let workshop = try Workshop()
        try {
            let output = try OutputFile(path: workshop.path("a"))
            try output.write([1, 2, 3])
            try Data([4]).write(to: URL(fileURLWithPath: workshop.path("a")))
            let error = #expect(throws: PixelCodecError.self) { try output.finish() }
            #expect(error?.code == .file)
            #expect(error?.description == "\(workshop.path("a")) is there already")
        }()
        #expect(FileManager.default.contents(atPath: workshop.path("a")) == Data([4]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: workshop.folder) == ["a"])
    }
}
