import Foundation

/// One Swift file of the tree.
struct SourceFile {
    /// Below the tree's root: `Sources/Media/Medium.swift`.
    let path: String
    let text: String
    let lines: [Substring]
    let tokens: [Token]
    let comments: [Comment]
    /// Lines of the file without those that lie within string literals.
    let codeLineCount: Int

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let tokenizer = Tokenizer(text)
        tokens = tokenizer.tokens
        comments = tokenizer.comments
        codeLineCount = lines.count - (text.hasSuffix("\n") ? 1 : 0) - tokenizer.dataLines
    }

    private var steps: [Substring] { path.split(separator: "/") }

    /// The room of a file in Sources; the program's name for one in coordinator/ or worker/; nil for tests.
    var room: String? {
        switch steps.first {
        case "Sources": steps.count > 2 ? String(steps[1]) : nil
        case "coordinator", "worker": String(steps[0])
        default: nil
        }
    }

    var isTest: Bool { steps.first == "Tests" }
    var isProgram: Bool { steps.first == "coordinator" || steps.first == "worker" }
    var isLibrary: Bool { steps.first == "Sources" }
}

/// All that the rules look at: the Swift files, the manifest, the list of long functions, and what documents name.
struct SourceTree {
    private(set) var files: [SourceFile]
    let manifest: String
    /// `ops/style/long-functions.txt`.
    let longFunctions: String
    /// Python and shell files below ops/, by path.
    let scripts: [(path: String, text: String)]
    /// `docs/*.md`, by path.
    let documents: [(path: String, text: String)]
    let makefile: String
    /// The names of the files in Tests/Transcripts.
    let transcripts: [String]

    init(
        files: [SourceFile], manifest: String = "", longFunctions: String = "", scripts: [(path: String, text: String)] = [],
        documents: [(path: String, text: String)] = [], makefile: String = "", transcripts: [String] = []
    ) {
        self.files = files
        self.manifest = manifest
        self.longFunctions = longFunctions
        self.scripts = scripts
        self.documents = documents
        self.makefile = makefile
        self.transcripts = transcripts
    }

    /// Reads the tree at `root`. Files whose text is that of the same file in `known` are not parted again.
    init(at root: URL, known: SourceTree? = nil) throws {
        let before = Dictionary((known?.files ?? []).map { ($0.path, $0) }) { first, _ in first }
        var files: [SourceFile] = []
        for path in try Self.paths(below: root, folders: ["Sources", "Tests", "coordinator", "worker"]) where path.hasSuffix(".swift") {
            let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
            if let file = before[path], file.text == text { files.append(file) } else { files.append(SourceFile(path: path, text: text)) }
        }
        self.files = files
        let text = { (path: String) in try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8) }
        manifest = try text("Package.swift")
        longFunctions = try text("ops/style/long-functions.txt")
        scripts = try Self.paths(below: root, folders: ["ops"]).filter { $0.hasSuffix(".py") || $0.hasSuffix(".sh") }.map { ($0, try text($0)) }
        documents = try Self.paths(below: root, folders: ["docs"]).filter { $0.hasSuffix(".md") }.map { ($0, try text($0)) }
        makefile = try text("Makefile")
        transcripts = try Self.paths(below: root, folders: ["Tests/Transcripts"]).map { String($0.split(separator: "/").last ?? "") }
    }

    /// Regular files below `folders`, hidden ones left out, in the order of their paths.
    static func paths(below root: URL, folders: [String]) throws -> [String] {
        try folders.flatMap { folder -> [String] in
            let place = root.appendingPathComponent(folder).path
            guard FileManager.default.fileExists(atPath: place) else { return [] }
            return try FileManager.default.subpathsOfDirectory(atPath: place).filter { path in
                !path.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__pycache__" }
            }.map { "\(folder)/\($0)" }.sorted()
        }
    }

    /// The tree that these tests are part of.
    static func own() throws -> SourceTree { try SourceTree(at: ownRoot) }

    static var ownRoot: URL {
        // Root/Tests/StyleTests/Checker/SourceTree.swift
        (0..<4).reduce(URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()) { place, _ in place.deletingLastPathComponent() }
    }
}
