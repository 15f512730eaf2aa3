import Foundation
import Migration
@testable import Previews
import Testing

@Suite struct StoreTests {
    private let now = Instant(milliseconds: 1_000_000)

    private func later(_ seconds: Int64) -> Instant { now + .seconds(seconds) }

    @Test func `what is kept is for its owner alone, under names that no peer chose, and is there after a restart`() throws {
        let scratch = try Scratch()
        let store = PreviewStore(in: scratch.path + "/previews", limit: 1 << 20)
        let png = noise(20, 20)
        try store.keep(png, of: Bench.content("../../../evil"), in: "1.2/../..", at: now)
        let failure = PreviewShelf.Failure(content: Bench.content("b"), mediumGrant: GrantNumber(3), sentence: Sentence(.previewFailed, [.text("no-pixels")]))
        try store.keep(failure, in: "1.2/../..", at: now)
        let folder = try #require(FileManager.default.contentsOfDirectory(atPath: scratch.path + "/previews").first)
        #expect(folder == PictureDigest.of("1.2/../..".utf8))
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/previews/\(folder)").sorted()
        #expect(files == [PictureDigest.of("../../../evil d".utf8) + ".png", "index.json"].sorted())
        #expect(try scratch.mode("previews") == 0o700)
        #expect(try scratch.mode("previews/\(folder)") == 0o700)
        for file in files { #expect(try scratch.mode("previews/\(folder)/\(file)") == 0o600) }
        let again = PreviewStore(in: scratch.path + "/previews", limit: 1 << 20)
        #expect(again.picture(of: Bench.content("../../../evil"), in: "1.2/../..") == png)
        #expect(again.shelf(of: "1.2/../..")?.failures(of: Bench.content("b")) == [failure])
        #expect(again.byteCount == Int64(png.count))
    }

    @Test func `the picture of one content is not that of another under the same instance`() throws {
        let scratch = try Scratch()
        let store = PreviewStore(in: scratch.path + "/p", limit: 1 << 20)
        let (one, other) = (noise(10, 10), noise(12, 12))
        try store.keep(one, of: ImageContent("1", digest: "d"), in: "a", at: now)
        #expect(store.picture(of: ImageContent("1", digest: "e"), in: "a") == nil)
        try store.keep(other, of: ImageContent("1", digest: "e"), in: "a", at: now)
        let failure = PreviewShelf.Failure(content: ImageContent("1", digest: "f"), mediumGrant: GrantNumber(3), sentence: Sentence(.previewFailed, [.text("no-pixels")]))
        try store.keep(failure, in: "a", at: now)
        let again = PreviewStore(in: scratch.path + "/p", limit: 1 << 20)
        #expect(again.picture(of: ImageContent("1", digest: "d"), in: "a") == one && again.picture(of: ImageContent("1", digest: "e"), in: "a") == other)
        #expect(again.shelf(of: "a")?.failures(of: ImageContent("1", digest: "d")) == [])
    }

    @Test func `what nobody looked at for the longest time makes room`() throws {
        let scratch = try Scratch()
        let png = noise(60, 60)
        let store = PreviewStore(in: scratch.path + "/p", limit: Int64(png.count) * 3)
        for (number, study) in ["a", "b", "c"].enumerated() { try store.keep(png, of: Bench.content("1"), in: study, at: later(Int64(number))) }
        store.touch("a", at: later(10))
        try store.keep(png, of: Bench.content("1"), in: "d", at: later(11))
        #expect(store.studies == ["a", "c", "d"])
        #expect(store.byteCount == Int64(png.count) * 3)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/p").count == 3)
    }

    @Test func `a picture that is kept again counts once`() throws {
        let scratch = try Scratch()
        let store = PreviewStore(in: scratch.path + "/p", limit: 1 << 20)
        try store.keep(noise(30, 30), of: Bench.content("1"), in: "a", at: now)
        let other = noise(10, 10)
        try store.keep(other, of: Bench.content("1"), in: "a", at: now)
        #expect(store.byteCount == Int64(other.count))
        #expect(store.picture(of: Bench.content("1"), in: "a") == other)
        store.remove("a")
        #expect(store.byteCount == 0 && store.studies.isEmpty)
    }

    @Test func `a picture that changed on the disk is forgotten, and a folder without a good index goes`() throws {
        let scratch = try Scratch()
        let store = PreviewStore(in: scratch.path + "/p", limit: 1 << 20)
        try store.keep(noise(10, 10), of: Bench.content("1"), in: "a", at: now)
        try store.keep(noise(10, 10), of: Bench.content("1"), in: "b", at: now)
        let file = "\(scratch.path)/p/\(PictureDigest.of("a".utf8))/\(PictureDigest.of("1 d".utf8)).png"
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: file))
        #expect(store.picture(of: Bench.content("1"), in: "a") == nil)
        #expect(store.shelf(of: "a")?.picture(of: Bench.content("1")) == nil)
        try Data("{".utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/p/\(PictureDigest.of("b".utf8))/index.json"))
        let again = PreviewStore(in: scratch.path + "/p", limit: 1 << 20)
        #expect(again.studies == ["a"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/p") == [PictureDigest.of("a".utf8)])
    }

    @Test func `a picture that cannot be written is not kept, and says so`() throws {
        let scratch = try Scratch()
        try Data().write(to: URL(fileURLWithPath: scratch.path + "/p"))
        let store = PreviewStore(in: scratch.path + "/p", limit: 1 << 20)
        #expect(throws: PrivateFolder.Failure.self) { try store.keep(noise(10, 10), of: Bench.content("1"), in: "a", at: now) }
        #expect(store.studies.isEmpty && store.byteCount == 0)
    }
}
