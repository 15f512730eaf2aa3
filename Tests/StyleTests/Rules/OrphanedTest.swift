/// Tests that no build includes: a test file outside of all test targets, a folder of tests without a target, a target without tests.
enum OrphanedTest {
    static func check(_ tree: SourceTree) -> [Fault] {
        let targets = Manifest(tree.manifest).targets.filter(\.isTest)
        let orphans = tree.files.compactMap { file -> Fault? in
            if file.isTest {
                guard !targets.contains(where: { file.path.hasPrefix($0.path + "/") }) else { return nil }
                return Fault(path: file.path, line: 1, message: "in no test target's folder: no build runs it; enter its folder in Package.swift or move it")
            }
            guard let line = firstTest(in: file) else { return nil }
            return Fault(path: file.path, line: line, message: "a test outside of Tests/ never runs: move it to its room's tests")
        }
        let empty = targets.filter { target in !tree.files.contains { $0.path.hasPrefix(target.path + "/") && firstTest(in: $0) != nil } }.map {
            Fault(path: "Package.swift", line: $0.line, message: "the target \($0.name) has no test in \($0.path)")
        }
        return orphans + empty
    }

    private static func firstTest(in file: SourceFile) -> Int? {
        file.tokens.indices.first { file.tokens.matches(["@", "Test"], at: $0) }.map { file.tokens[$0].line }
    }
}
