import Dispatch
import Synchronization

/// Inspects the files of a source with all processors and gives the results in the files' order.
struct InspectionQueue {
    /// What is printed of a file.
    struct Result: Sendable {
        let text: String
        let isDamaged: Bool
    }

    /// Files that are inspected before the first of them is printed: of headers many, since each takes some microseconds.
    private static let headersAtATime = 256
    private static let filesAtATime = 8

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
        let files = Array(rest.prefix(depth == .header ? Self.headersAtATime : Self.filesAtATime))
        rest = rest.dropFirst(files.count)
        let results = Mutex([Result?](repeating: nil, count: files.count))
        DispatchQueue.concurrentPerform(iterations: files.count) { [source, depth, isJSON] index in
            let inspection = Inspection(of: files[index], in: source, depth: depth)
            let result = Result(text: isJSON ? inspection.jsonLine : inspection.text, isDamaged: inspection.isDamaged)
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0.compactMap(\.self) }
    }
}
