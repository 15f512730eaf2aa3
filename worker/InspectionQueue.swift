import Dispatch
import Synchronization

/// Inspects the files of a source with all processors and gives the results in the files' order.
struct InspectionQueue {
    /// What is printed of a file.
    struct Result: Sendable {
        let text: String
        let isDamaged: Bool
    }

    /// So many files are inspected before the first of them is printed, since most take some microseconds only; fewer where these are so many bytes.
    private static let filesAtATime = 512
    private static let bytesAtATime: Int64 = 32 << 20

    private let source: InspectionSource
    private let depth: Inspection.Depth
    private let isJSON: Bool
    private var rest: ArraySlice<InspectionSource.File>

    init(_ source: InspectionSource, depth: Inspection.Depth, json: Bool) {
        self.source = source
        self.depth = depth
        isJSON = json
        rest = source.files[...]
    }

    /// The next results; nil after the last.
    mutating func next() -> [Result]? {
        guard !rest.isEmpty else { return nil }
        let files = nextFiles()
        let results = Mutex([Result?](repeating: nil, count: files.count))
        DispatchQueue.concurrentPerform(iterations: files.count) { [source, depth, isJSON] index in
            let inspection = Inspection(of: files[index], in: source, depth: depth)
            let result = Result(text: isJSON ? inspection.jsonLine : inspection.text, isDamaged: inspection.isDamaged)
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0.compactMap(\.self) }
    }

    private mutating func nextFiles() -> [InspectionSource.File] {
        var byteCount: Int64 = 0
        let files = Array(rest.prefix(Self.filesAtATime).prefix { file in
            defer { byteCount += depth == .header ? 0 : file.byteCount }
            return byteCount < Self.bytesAtATime
        })
        rest = rest.dropFirst(files.count)
        return files
    }
}
