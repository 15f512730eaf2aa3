internal import Foundation
import Migration

/// The previews that are kept: a folder for each study, named by the SHA-256 of its UID, with `index.json` and a file for each picture, named likewise.
///
/// Used by one queue at a time. What is not as its index says it is made again.
final class PreviewStore {
    private let folder: PrivateFolder
    private let limit: Int64
    private var shelves: [String: PreviewShelf] = [:]
    private var isLoaded = false
    /// Bytes of all pictures.
    private(set) var byteCount: Int64 = 0

    private static let index = "index.json"

    /// The previews in the folder `path`, of at most `limit` bytes.
    init(in path: String, limit: Int64) {
        folder = PrivateFolder(path: path)
        self.limit = limit
    }

    /// The studies of which there is anything, in the order of their UIDs.
    var studies: [String] {
        load()
        return shelves.keys.sorted()
    }

    /// What there is of a study.
    func shelf(of study: String) -> PreviewShelf? {
        load()
        return shelves[study]
    }

    /// Somebody looks at a study.
    func touch(_ study: String, at now: Instant) {
        load()
        shelves[study]?.usedAt = now
    }

    /// A picture's bytes; nil when it is not there as it was kept, and then it is forgotten.
    func picture(of content: ImageContent, in study: String) -> [UInt8]? {
        guard let shelf = shelf(of: study), let picture = shelf.picture(of: content) else { return nil }
        if let bytes = folder.folder(shelf.name).contents(of: Self.file(content)), PictureDigest.of(bytes) == picture.sha256 { return bytes }
        change(study) { $0.forgetPicture(of: content) }
        return nil
    }

    /// Keeps a picture; what nobody looked at for the longest time makes room for it. Throws `PrivateFolder.Failure` when it cannot be written.
    func keep(_ bytes: [UInt8], of content: ImageContent, in study: String, at now: Instant) throws {
        let picture = PreviewShelf.Picture(content: content, byteCount: Int64(bytes.count), sha256: PictureDigest.of(bytes))
        try enter(study, at: now) { shelf, folder in
            try folder.write(bytes, to: Self.file(content))
            shelf.forgetPicture(of: content)
            shelf.pictures.append(picture)
        }
        makeRoom(sparing: study)
    }

    /// Keeps that there is no picture of a copy, and why. Throws `PrivateFolder.Failure` when it cannot be written.
    func keep(_ failure: PreviewShelf.Failure, in study: String, at now: Instant) throws {
        try enter(study, at: now) { shelf, _ in shelf.note(failure) }
        makeRoom(sparing: study)
    }

    /// Removes all of a study.
    func remove(_ study: String) {
        load()
        guard let shelf = shelves.removeValue(forKey: study) else { return }
        byteCount -= shelf.byteCount
        folder.remove(shelf.name)
    }

    private func enter(_ study: String, at now: Instant, _ change: (inout PreviewShelf, PrivateFolder) throws -> Void) throws {
        load()
        var shelf = shelves[study] ?? PreviewShelf(studyInstanceUID: study, usedAt: now)
        let before = shelf.byteCount
        let place = folder.folder(shelf.name)
        try folder.make()
        try place.make()
        try change(&shelf, place)
        shelf.usedAt = max(shelf.usedAt, now)
        try place.write(Array(JSONEncoder().encode(shelf)), to: Self.index)
        shelves[study] = shelf
        byteCount += shelf.byteCount - before
    }

    private func change(_ study: String, _ change: (inout PreviewShelf) -> Void) {
        guard let before = shelves[study] else { return }
        // Where even that cannot be written, the file is compared again after the next start.
        try? enter(study, at: before.usedAt) { shelf, _ in change(&shelf) }
    }

    private func makeRoom(sparing study: String) {
        while byteCount > limit || shelves.count > PreviewLimits.studies {
            let others = shelves.values.filter { $0.studyInstanceUID != study }
            guard let oldest = others.min(by: { ($0.usedAt, $0.studyInstanceUID) < ($1.usedAt, $1.studyInstanceUID) }) else { return }
            remove(oldest.studyInstanceUID)
        }
    }

    private static func file(_ content: ImageContent) -> String { PictureDigest.of("\(content.sopInstanceUID) \(content.digest)".utf8) + ".png" }

    /// Takes up what an earlier run kept; what has no index, or another's name, is of no use.
    private func load() {
        guard !isLoaded else { return }
        isLoaded = true
        for name in folder.names {
            let index = folder.folder(name).contents(of: Self.index).flatMap { try? JSONDecoder().decode(PreviewShelf.self, from: Data($0)) }
            guard let index, index.name == name else {
                folder.remove(name)
                continue
            }
            shelves[index.studyInstanceUID] = index
            byteCount += index.byteCount
        }
    }
}
