import Foundation

/// Who may know whom: CONTRIBUTING's table as data. A room, or program, and the rooms it may import.
struct RoomTable {
    let mayKnow: [String: Set<String>]

    /// The house. A change here is a change of its plan: change Package.swift in the same step.
    static let house = RoomTable(mayKnow: [
        "CGDCM": [],
        "DICOM": ["CZlib"],
        "PixelCodec": ["CGDCM", "CZlib", "DICOM"],
        "Migration": [],
        "JSONText": ["Migration"],
        "LineProtocol": ["Migration", "JSONText"],
        "Matching": ["Migration"],
        "Orders": ["DICOM", "DICOMNetwork", "Migration"],
        "Media": [],
        "DICOMNetwork": ["DICOM"],
        "Destinations": ["DICOM", "DICOMNetwork", "Migration"],
        "Ledger": ["Migration"],
        "LedgerSQLite": ["Ledger", "Migration", "JSONText", "CZlib", "CSQLite"],
        "Coordination": ["Migration", "Matching", "Ledger", "LineProtocol"],
        "Previews": ["CZlib", "Ledger", "LineProtocol", "Migration"],
        "Trust": ["Migration"],
        "LineServer": ["Coordination", "Ledger", "LineProtocol", "Migration", "Previews", "Trust"],
        "Console": ["Coordination", "Destinations", "JSONText", "Ledger", "LineProtocol", "LineServer", "Matching", "Migration", "Orders", "Previews", "Trust"],
        "Holding": ["Migration", "LineProtocol"],
        "Gateway": ["DICOM", "DICOMNetwork", "PixelCodec", "Media", "Destinations", "Holding", "LineProtocol", "Migration", "Trust"],
        "Simulation": ["Coordination", "Holding", "Ledger", "LedgerSQLite", "LineProtocol", "Migration"],
        "ConfigurationFile": [],
        "Terminal": [],
        "coordinator": [
            "ConfigurationFile", "Console", "Coordination", "DICOMNetwork", "Destinations", "Ledger", "LedgerSQLite", "LineProtocol", "LineServer", "Migration",
            "Matching", "Orders", "Previews", "Terminal", "Trust",
        ],
        "worker": [
            "ConfigurationFile", "DICOM", "DICOMNetwork", "Destinations", "Gateway", "Holding", "JSONText", "LineProtocol", "Media", "Migration", "PixelCodec", "Terminal",
            "Trust",
        ],
        "simulator": ["Simulation", "Terminal"],
    ])

    /// C libraries of the system as modules: no rooms, but who may know them is in the table.
    static let systemModules: Set = ["CZlib", "CSQLite"]

    /// What is forbidden by name, whatever the table says.
    static let never: [(room: String, other: String)] = [
        ("Coordination", "DICOMNetwork"), ("Coordination", "Media"), ("Coordination", "Gateway"), ("Gateway", "Ledger"), ("Gateway", "LedgerSQLite"),
    ]

    /// Modules from outside that a pure room must not import: they bring I/O, threads or a clock with them.
    static let impureModules = ["NIOCore", "NIOPosix", "NIOSSL", "NIOConcurrencyHelpers", "Dispatch", "Hummingbird", "AsyncHTTPClient", "GRDB", "Logging", "Subprocess"]

    static func checkImports(_ tree: SourceTree) -> [Fault] {
        tree.files.flatMap { file -> [Fault] in
            guard let room = file.room, !systemModules.contains(room) else { return [] }
            guard let known = house.mayKnow[room] else {
                return [Fault(path: file.path, line: 1, message: "\(room) is no room of the house: enter it in RoomTable, CONTRIBUTING and Package.swift")]
            }
            return imports(of: file).compactMap { module, line in
                complaint(room: room, imports: module, known: known).map { Fault(path: file.path, line: line, message: $0) }
            }
        }
    }

    private static func complaint(room: String, imports module: String, known: Set<String>) -> String? {
        if BannedCall.pureRooms.contains(room), impureModules.contains(module) {
            return "\(room) is pure and must not import \(module): take what it gives as an argument"
        }
        guard house.mayKnow[module] != nil || systemModules.contains(module), !known.contains(module) else { return nil }
        return "\(room) must not know \(module): it may know \(known.isEmpty ? "no room" : known.sorted().joined(separator: ", "))"
    }

    /// Modules imported, with their lines: `import X`, `internal import X`, `import struct X.Y`.
    static func imports(of file: SourceFile) -> [(module: String, line: Int)] {
        let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor"]
        return file.tokens.indices.compactMap { index in
            guard file.tokens[index].text == "import", file.tokens.text(at: index - 1) != "." else { return nil }
            let next = file.tokens.text(at: index + 1)
            return (kinds.contains(next) ? file.tokens.text(at: index + 2) : next, file.tokens[index].line)
        }
    }

    /// Package.swift must say the same as the table, room by room, and the table must not allow what is forbidden by name.
    static func checkManifest(_ tree: SourceTree) -> [Fault] {
        let targets = Manifest(tree.manifest).targets.filter { !$0.isTest }
        let faults = targets.compactMap { target -> Fault? in
            guard let known = house.mayKnow[target.name] else {
                return Fault(path: "Package.swift", line: target.line, message: "\(target.name) is no room of the house: enter it in RoomTable")
            }
            let more = target.knows.subtracting(known).sorted()
            let fewer = known.subtracting(target.knows).sorted()
            if more.isEmpty, fewer.isEmpty { return nil }
            let parts = [more.isEmpty ? "" : "must not know \(more.joined(separator: ", "))", fewer.isEmpty ? "" : "does not know \(fewer.joined(separator: ", ")), which the table allows"]
            return Fault(path: "Package.swift", line: target.line, message: "\(target.name) \(parts.filter { !$0.isEmpty }.joined(separator: "; ")): it must agree with RoomTable")
        }
        let named = Set(targets.map(\.name))
        let missing = house.mayKnow.keys.filter { !named.contains($0) }.sorted().map { Fault(path: "Package.swift", line: 1, message: "the room \($0) of RoomTable is no target") }
        return faults + missing
    }
}

/// The targets of Package.swift, as far as its text tells: `room("NAME", knows: […])`, `tests(of: "NAME")`, and targets written out.
struct Manifest {
    struct Target {
        let name: String
        let line: Int
        let isTest: Bool
        /// Names in quotes among its dependencies: rooms of our own.
        let knows: Set<String>
        /// The folder of its files.
        let path: String
    }

    private(set) var targets: [Target] = []

    init(_ text: String) {
        // The manifest's own functions make targets from a name that is not known until they are called.
        guard let start = text.range(of: "targets: [\n", options: .backwards)?.lowerBound ?? text.range(of: "targets: [")?.lowerBound else { return }
        var rest = text[start...]
        while let call = rest.firstMatch(of: #/(room\(|tests\(of: |\.executableTarget\(\s*name: |\.testTarget\(\s*name: |\.target\(\s*name: )"([A-Za-z0-9]+)"/#) {
            let end = Self.end(ofCallIn: text, from: call.range.lowerBound)
            let body = text[call.range.upperBound..<end]
            add(kind: String(call.1), name: String(call.2), body: String(body), line: text[..<call.range.lowerBound].count { $0 == "\n" } + 1)
            rest = text[call.range.upperBound...]
        }
    }

    private mutating func add(kind: String, name: String, body: String, line: Int) {
        let path = body.firstMatch(of: #/path: "([^"]+)"/#).map { String($0.1) }
        let isTest = kind.contains("est")
        let knows = body.firstMatch(of: #/(?:knows|dependencies): \[([^\]]*)\]/#).map { list in
            Set(String(list.1).matches(of: #/"([A-Za-z0-9]+)"/#).map { String($0.1) })
        }
        let targetName = kind.hasPrefix("tests") ? name + "Tests" : name
        let folder = path ?? (isTest ? "Tests/\(targetName)" : "Sources/\(name)")
        targets.append(Target(name: targetName, line: line, isTest: isTest, knows: knows ?? [], path: folder))
    }

    /// The parenthesis that closes the call beginning at `start`.
    private static func end(ofCallIn text: String, from start: String.Index) -> String.Index {
        var depth = 0
        var place = start
        while place < text.endIndex {
            if text[place] == "(" { depth += 1 }
            if text[place] == ")" {
                depth -= 1
                if depth == 0 { return place }
            }
            place = text.index(after: place)
        }
        return text.endIndex
    }
}
