/// A file is about 100 lines, rarely over 350. Lines within a string literal are data and do not count.
enum LongFile {
    static let maximumLineCount = 400

    static func check(_ tree: SourceTree) -> [Fault] {
        tree.files.filter { $0.codeLineCount > maximumLineCount }.map {
            Fault(path: $0.path, line: maximumLineCount + 1, message: "\($0.codeLineCount) lines of code, the limit is \(maximumLineCount): part it by concern")
        }
    }
}
