import Glibc

/// Lists a folder and the folders below it, each opened through the one above.
struct FolderWalk {
    struct Entry {
        let path: String
        let rawPath: [UInt8]
        let byteCount: Int64
        let modified: (seconds: Int, nanoseconds: Int)
    }

    private struct Waiting {
        let folder: OpenFolder
        let name: [UInt8]
        let path: [UInt8]
        let depth: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var findings = FindingCollector()

    private let root: OpenFolder
    private let name: String

    /// - Parameter name: what to call the folder in errors.
    init(root: OpenFolder, name: String) {
        self.root = root
        self.name = name
    }

    /// - Throws: ``MediumError`` where the folder itself cannot be listed or holds more files than ``MediumLimits`` allows.
    mutating func run() throws {
        var waiting: [Waiting] = []
        do {
            try list(root, path: [], depth: 0, into: &waiting)
        } catch let error as SystemError {
            throw MediumError(.cannotOpen, "\(name): cannot be listed: \(error)")
        }
        while let next = waiting.popLast() {
            do {
                try list(next.folder.folder(named: next.name), path: next.path, depth: next.depth, into: &waiting)
            } catch is SystemError {
                findings.add(MediumFinding(.unreadableDirectory, path: FileName.eightBit(next.path[...])))
            }
        }
    }

    private mutating func list(_ folder: OpenFolder, path: [UInt8], depth: Int, into waiting: inout [Waiting]) throws {
        for name in try folder.names() {
            let rawPath = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
            guard let status = try? folder.status(of: name) else {
                findings.add(MediumFinding(.unreadableDirectory, path: FileName.eightBit(rawPath[...])))
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR where depth < MediumLimits.depth && rawPath.count <= MediumLimits.pathByteCount:
                waiting.append(Waiting(folder: folder, name: name, path: rawPath, depth: depth + 1))
            case S_IFDIR:
                findings.add(MediumFinding(.limitReached, path: FileName.eightBit(rawPath[...])))
            case S_IFREG: try add(status, rawPath: rawPath)
            default: findings.add(MediumFinding(.notAFile, path: FileName.eightBit(rawPath[...])))
            }
        }
    }

    private mutating func add(_ status: stat, rawPath: [UInt8]) throws {
        guard entries.count < MediumLimits.directoryRecords else {
            throw MediumError(.limitExceeded, "\(name): holds more than \(MediumLimits.directoryRecords) files")
        }
        entries.append(
            Entry(
                path: FileName.eightBit(rawPath[...]), rawPath: rawPath, byteCount: Int64(status.st_size),
                modified: (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)))
    }
}
