/// Changes a data set's elements and records what they were (PS3.3 §C.12.1.1.9).
struct CoercionEditor {
    private(set) var dataSet: DataSet
    private(set) var changes: [CoercedObject.RecordedChange] = []
    private let original: DataSet
    /// What has other bytes because its text is in another character set now, or because UIDs in it became others; what is changed otherwise too stands in
    /// `changes` only.
    private var reencodings: [CoercedObject.RecordedChange] = []

    init(dataSet: DataSet) {
        self.dataSet = dataSet
        original = dataSet
    }

    mutating func apply(_ coercion: Coercion, record: CoercionRecord) throws(DICOMError) {
        if let renewal = coercion.renewal { try renew(by: renewal) }
        if coercion.changes.contains(.inUTF8) { try reencode() }
        for change in Self.lastOfEach(coercion.changes) where change != .inUTF8 { try apply(change) }
        let tags = Set(changes.map(\.tag))
        changes += reencodings.filter { !tags.contains($0.tag) }
        guard !changes.isEmpty else { return }
        changes.sort { $0.tag < $1.tag }
        let item = try OriginalAttributes(of: original, changes: changes, record: record, in: dataSet.characterSet)
        try item.append(to: &dataSet)
        try correctLengths()
    }

    /// Of two changes of one attribute the later one counts.
    private static func lastOfEach(_ changes: [Coercion.Change]) -> [Coercion.Change] {
        var tags: Set<Tag> = []
        return changes.reversed().filter { $0 == .inUTF8 || tags.insert($0.tag).inserted }.reversed()
    }

    private mutating func renew(by renewal: UIDRenewal) throws(DICOMError) {
        let attributes = original.attributesForItems
        for index in original.records.indices where original.records[index].tag != .originalAttributesSequence {
            guard let element = try original.rewritten(index, by: renewal, attributes) else { continue }
            dataSet.replace(index, with: element)
            let tag = original.records[index].tag
            reencodings.append(
                .init(tag: tag, previous: original.string(at: index), value: dataSet.string(at: index) ?? "", originalIndex: index))
        }
    }

    private mutating func reencode() throws(DICOMError) {
        // Up to here elements stand where the original has them.
        guard let anew = try dataSet.reencoded() else { return }
        dataSet = anew.dataSet
        let (before, now) = (original.characterSet, dataSet.characterSet)
        // Of doubled elements the last one counts.
        let places = Dictionary(zip(dataSet.records.map(\.tag), dataSet.records.indices)) { max($0, $1) }
        let renewed = reencodings.filter { change in !anew.changed.contains { $0.originalIndex == change.originalIndex } }
        reencodings = renewed + anew.changed.map { tag, index in
            .init(
                tag: tag, previous: index.flatMap { original.string(at: $0, in: before) },
                value: places[tag].flatMap { dataSet.string(at: $0, in: now) } ?? "", originalIndex: index)
        }
    }

    private mutating func apply(_ change: Coercion.Change) throws(DICOMError) {
        let tag = change.tag
        let vr = original.representation(forWriting: tag)
        guard vr.isText, tag.group > 0x0002, tag != .specificCharacterSet else {
            throw DICOMError(.value, "The element cannot be set to a text", tag: tag)
        }
        // What is there already need not be writable: its set may be one that is only assumed.
        guard !has(change) else { return }
        let characterSet = dataSet.characterSet
        let bytes = try located(tag) { () throws(DICOMError) in
            vr == .PN ? try characterSet.encode(personName: change.value) : try characterSet.encode(change.value, vr: vr)
        }
        var written = dataSet
        try written.set(tag, vr: vr, value: bytes)
        let value = written.string(tag) ?? ""
        guard Conformance.isConforming(value, vr: vr) else {
            throw DICOMError(.value, "A value is not what \(vr) allows", tag: tag)
        }
        let present = original.records.indices.filter { original.records[$0].tag == tag }
        let originalCharacterSet = original.characterSet
        // Of doubled elements all are set; the last one that said anything else is the previous value, and the record has the others too.
        let differing = present.last { original.string(at: $0, in: originalCharacterSet) != value }
        if let differing {
            changes.append(.init(tag: tag, previous: original.string(at: differing), value: value, originalIndex: differing))
        } else if present.isEmpty {
            changes.append(.init(tag: tag, previous: nil, value: value, originalIndex: nil))
        } else {
            return
        }
        dataSet = written
    }

    /// Whether every element of the tag has the value already.
    private func has(_ change: Coercion.Change) -> Bool {
        let present = original.records.indices.filter { original.records[$0].tag == change.tag }
        let characterSet = original.characterSet
        return !present.isEmpty && present.allSatisfy { original.string(at: $0, in: characterSet) == change.value }
    }

    private func located<T>(_ tag: Tag, _ body: () throws(DICOMError) -> T) throws(DICOMError) -> T {
        do throws(DICOMError) {
            return try body()
        } catch {
            throw DICOMError(error.code, error.reason, tag: tag)
        }
    }

    /// Group lengths (PS3.5 §7.2) of the groups that changed, and the retired Length to End.
    private mutating func correctLengths() throws(DICOMError) {
        try dataSet.correctGroupLengths(Set(changes.map(\.tag.group) + [Tag.originalAttributesSequence.group]))
        guard let index = dataSet.index(of: .lengthToEnd), dataSet.element(at: index).effectiveVR == .UL,
            dataSet.element(at: index).value?.count == 4, let length = original.integer(.lengthToEnd)
        else { return }
        let growth = dataSet.records.reduce(0) { $0 + $1.byteCount } - original.records.reduce(0) { $0 + $1.byteCount }
        var value: [UInt8] = []
        value.append(UInt32(truncatingIfNeeded: Int64(length) + growth), bigEndian: dataSet.encoding.isBigEndian)
        dataSet.replace(index, with: try ElementWriter(encoding: dataSet.encoding).element(.lengthToEnd, vr: .UL, value: value))
    }
}
