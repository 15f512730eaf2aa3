import Foundation
import Testing

@testable import PixelCodec

@Suite struct OutputFileTests {
    @Test(arguments: [OutputFile.Nameless.native, .emulated])
    func `a file has its name when it is whole, and no other stays behind`(nameless: OutputFile.Nameless) throws {
        let workshop = try Workshop()
        let output = try OutputFile(path: workshop.path("x/y/a"), makesFolders: true, nameless: nameless)
        try output.write([1, 2, 3])
        let names = try FileManager.default.contentsOfDirectory(atPath: workshop.path("x/y"))
        #expect(nameless == .native ? names.isEmpty : names.count == 1 && names[0].hasPrefix(".skein-") && names[0].hasSuffix(".part"))
        try output.finish()
        #expect(FileManager.default.contents(atPath: workshop.path("x/y/a")) == Data([1, 2, 3]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: workshop.path("x/y")) == ["a"])
    }

    @Test(arguments: [OutputFile.Nameless.native, .emulated])
    func `a file that is given up leaves nothing, and one without a name has none`(nameless: OutputFile.Nameless) throws {
        let workshop = try Workshop()
        try {
            try OutputFile(path: workshop.path("a"), makesFolders: false, nameless: nameless).write([1, 2, 3])
            let scratch = try OutputFile(withoutNameIn: workshop.folder, nameless: nameless)
            #expect(workshop.isEmpty)
            try scratch.write([1, 2, 3])
            try scratch.finish()
            let content = ScratchFile(descriptor: scratch.handOver(), range: 1..<3)
            var bytes: [UInt8] = [0, 0]
            #expect(try bytes.withUnsafeMutableBytes { try content.read(from: 0, into: $0) } == 2)
            #expect(bytes == [2, 3])
        }()
        #expect(workshop.isEmpty)
    }

    @Test func `a folder that is not there is named`() throws {
        let workshop = try Workshop()
        let error = #expect(throws: PixelCodecError.self) { try OutputFile(path: workshop.path("x/a")) }
        #expect(error?.description == "\(workshop.path("x/a")) cannot be written: No such file or directory")
    }

    @Test(arguments: [OutputFile.Nameless.native, .emulated])
    func `a name that was taken while the file was written stays with who took it`(nameless: OutputFile.Nameless) throws {
        let workshop = try Workshop()
        try {
            let output = try OutputFile(path: workshop.path("a"), makesFolders: false, nameless: nameless)
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
