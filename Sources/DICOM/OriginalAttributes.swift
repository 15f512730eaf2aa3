/// The item of Original Attributes Sequence (0400,0561) that says what a coercion changed (PS3.3 §C.12.1.1.9).
struct OriginalAttributes {
    private let item: DataSet
    private let encoding: ElementEncoding

    /// Elements that one record tells of, doubled ones counted. The largest private groups known have some thousands; each costs an item of
    /// the record, or a search in it.
    static let maximumElementCount = 1 << 14

    /// The item for these changes of `original`, for a data set that is in `characterSet` now, if that is another one.
    init(
        of original: DataSet, changes: [CoercedObject.RecordedChange], record: CoercionRecord, in characterSet: SpecificCharacterSet? = nil
    ) throws(DICOMError) {
        let characterSet = characterSet ?? original.characterSet
        encoding = Self.itemEncoding(in: original)
        // What items take from the original is looked for once.
        let empty = DataSet(bytes: [], records: [], encoding: encoding, inheriting: original.attributesForItems)
        var modified = empty
        var nonconforming: [DataSet] = []
        for recorded in try Self.elementsToRecord(changes, in: original) {
            nonconforming += try Self.doubles(of: recorded, empty, original)
            let tag = recorded.tag
            guard let index = recorded.index else {
                // It was added: its element goes in without a value.
                try modified.set(tag, vr: DataDictionary.vr(of: tag) ?? .UN, value: [])
                continue
            }
            let element = original.element(at: index)
            let hasNoRepresentation = original.records[index].hasNoRepresentation
            let vr = hasNoRepresentation ? element.effectiveVR : element.vr
            if let value = element.value, !Self.isConforming(index, in: original, empty.enclosing.characterSet) {
                try modified.set(tag, vr: vr, value: [])
                nonconforming.append(try Self.nonconformingItem(tag, Array(value), empty))
            } else if let value = element.value, hasNoRepresentation {
                // In an item there may be room for a length of 32 bits.
                try modified.set(tag, vr: vr, value: Array(value))
            } else {
                modified.put(try original.encoded(index, in: encoding), tag: tag)
            }
        }
        guard Conformance.isConforming(record.dateTime, vr: .DT), Conformance.isConforming(record.modifyingSystem, vr: .LO)
        else {
            throw DICOMError(.value, "The record of the change is not conforming", tag: .originalAttributesSequence)
        }
        var item = DataSet(bytes: [], records: [], encoding: encoding, inheriting: EnclosingAttributes(characterSet: characterSet))
        try item.set(.modifiedAttributesSequence, items: [modified])
        if !nonconforming.isEmpty {
            try item.set(.nonconformingModifiedAttributesSequence, items: nonconforming)
        }
        try item.set(.attributeModificationDateTime, record.dateTime)
        try item.set(.modifyingSystem, record.modifyingSystem)
        let source = try? characterSet.encode(record.sourceOfPreviousValues, vr: .LO)
        try item.set(.sourceOfPreviousValues, vr: .LO, value: source ?? [])
        try item.set(.reasonForTheAttributeModification, record.reason)
        self.item = item
    }

    /// Puts the item behind those that `dataSet` has, which stay byte for byte; of doubled sequences behind those of the last one. Throws `DICOMError`
    /// of code `malformed` where it has something else there.
    func append(to dataSet: inout DataSet) throws(DICOMError) {
        let added = try ElementWriter(encoding: encoding).item(item.encoded(in: encoding))
        let writer = ElementWriter(encoding: dataSet.encoding)
        guard let index = dataSet.index(of: .originalAttributesSequence) else {
            return dataSet.put(try writer.element(.originalAttributesSequence, vr: .SQ, value: added), tag: .originalAttributesSequence)
        }
        // Behind anything else an item could not be found, and what is there would become something else.
        let record = dataSet.records[index]
        guard !record.isOmitted else { throw record.notWhole }
        var end = record.valueRange.lowerBound
        guard dataSet.forEachWholeItem(of: record, giving: EnclosingAttributes(), { end = $0.place.upperBound }) else { throw record.notWhole }
        // A delimiter has nothing behind it; where there is a length it says nothing.
        let items = dataSet.bytes[record.valueRange.lowerBound..<end] + added
        let delimiter = record.hasUndefinedLength ? dataSet.bytes[end..<record.end] : []
        // Of UN the items are encoded otherwise; any other representation is none of a sequence, or none at all.
        let vr = record.isExplicit && record.vr == .UN ? VR.UN : .SQ
        let head = try writer.head(record.tag, vr: vr, length: record.hasUndefinedLength ? nil : items.count)
        dataSet.replace(index, with: head + items + delimiter)
    }

    /// Items are encoded as those that are there; within an element of unknown representation that is implicit.
    private static func itemEncoding(in original: DataSet) -> ElementEncoding {
        guard let index = original.index(of: .originalAttributesSequence) else { return original.encoding }
        return original.itemScanner(of: original.records[index]).encoding
    }

    /// An element of the original that is recorded.
    private struct Recorded {
        let tag: Tag
        /// The one whose value was there; `nil`: it was added.
        let index: Int?
        /// What it says now; `nil`: the same.
        let value: String?
        /// All elements with its tag.
        var places: [Int] = []
    }

    /// What changed, each tag once; with a Patient ID also what says whose number it is, changed or not.
    private static func elementsToRecord(
        _ changes: [CoercedObject.RecordedChange], in original: DataSet
    ) throws(DICOMError) -> [Recorded] {
        var recorded: [Tag: Recorded] = [:]
        // Of doubled elements that were written anew the last one counts.
        for change in changes where (recorded[change.tag]?.index ?? -1) <= (change.originalIndex ?? -1) {
            recorded[change.tag] = Recorded(tag: change.tag, index: change.originalIndex, value: change.value)
        }
        if recorded[.patientID] != nil, recorded[.issuerOfPatientID] == nil, let issuer = original.index(of: .issuerOfPatientID) {
            recorded[.issuerOfPatientID] = Recorded(tag: .issuerOfPatientID, index: issuer, value: nil)
        }
        var count = recorded.values.count { $0.index == nil }
        for place in original.records.indices where recorded[original.records[place].tag] != nil {
            recorded[original.records[place].tag]?.places.append(place)
            count += 1
            guard count <= maximumElementCount else {
                throw DICOMError(
                    .limit, "More than \(maximumElementCount) elements change, doubled ones counted", tag: original.records[place].tag,
                    offset: original.records[place].place)
            }
        }
        return recorded.values.sorted { $0.tag < $1.tag }
    }

    /// Doubled elements conform to nothing, and the item above has room for one: what the others said, where that is neither what the recorded
    /// one said nor what they are now, is kept as bytes.
    private static func doubles(
        of recorded: Recorded, _ empty: DataSet, _ original: DataSet
    ) throws(DICOMError) -> [DataSet] {
        guard let index = recorded.index, let now = recorded.value, recorded.places.count > 1 else { return [] }
        var seen: Set<ArraySlice<UInt8>?> = [original.element(at: index).value]
        var items: [DataSet] = []
        for other in recorded.places where other != index {
            guard let value = original.element(at: other).value else { throw original.records[other].notKept }
            guard !seen.contains(value), original.string(at: other, in: empty.enclosing.characterSet) != now else { continue }
            seen.insert(value)
            items.append(try nonconformingItem(recorded.tag, Array(value), empty))
        }
        return items
    }

    private static func isConforming(_ index: Int, in original: DataSet, _ characterSet: SpecificCharacterSet) -> Bool {
        let vr = original.element(at: index).effectiveVR
        guard vr.isText else { return true }
        // Beyond ASCII there is no text where no set is declared (PS3.5 §6.1.2.3), whatever may be assumed.
        let isASCII = original.element(at: index).value?.allSatisfy { $0 < 0x80 } ?? true
        guard isASCII || (vr.usesCharacterSet && characterSet.isExtended) else { return false }
        return original.string(at: index, in: characterSet).map { Conformance.isConforming($0, vr: vr) } ?? false
    }

    /// An item of Nonconforming Modified Attributes Sequence: the value as bytes. Selector Value Number 0: all values.
    private static func nonconformingItem(
        _ tag: Tag, _ value: [UInt8], _ empty: DataSet
    ) throws(DICOMError) -> DataSet {
        var item = empty
        var selector: [UInt8] = []
        selector.append(tag.group, bigEndian: empty.encoding.isBigEndian)
        selector.append(tag.element, bigEndian: empty.encoding.isBigEndian)
        try item.set(.selectorAttribute, vr: .AT, value: selector)
        try item.set(.selectorValueNumber, UInt16(0))
        try item.set(.nonconformingDataElementValue, vr: .OB, value: value)
        return item
    }
}
