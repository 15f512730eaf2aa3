extension DataSet {
    /// Records in a new item of Original Attributes Sequence (0400,0561) what elements of the top level were in the data set that
    /// this one was made from (PS3.3 §C.12.1.1.9). Both must be written in the same encoding.
    ///
    /// Throws `DICOMError` of code `value` if the record does not conform or the sequence becomes too long.
    public mutating func recordOriginals(
        of tags: some Sequence<Tag>, in original: DataSet, record: CoercionRecord
    ) throws(DICOMError) {
        let changes = tags.sorted().map { tag in
            CoercedObject.RecordedChange(
                tag: tag, previous: original.string(tag), value: string(tag) ?? "", originalIndex: original.index(of: tag))
        }
        let item = try OriginalAttributes(of: original, changes: changes, record: record)
        put(try item.appended(to: original), tag: .originalAttributesSequence)
    }

    /// Sets the lengths of those of these groups that have one (PS3.5 §7.2) to what the groups are long.
    public mutating func correctGroupLengths(_ groups: some Sequence<UInt16>) throws(DICOMError) {
        for group in groups {
            let tag = Tag(group, 0)
            guard let index = index(of: tag), groupLength(at: index) != nil else { continue }
            let length = records.filter { $0.tag.group == group && $0.tag != tag }.reduce(0) { $0 + $1.byteCount }
            try set(tag, UInt32(truncatingIfNeeded: length))
        }
    }
}

extension ObjectHeader {
    /// A transfer syntax whose elements are written as those of the object are: explicit elements or not, in which byte order. It is
    /// another one than `transferSyntax` for encapsulated and deflated objects, and where the elements speak against the meta header.
    public var elementSyntax: TransferSyntax {
        guard dataSet.encoding.isExplicitVR else { return .implicitVRLittleEndian }
        return dataSet.encoding.isBigEndian ? .explicitVRBigEndian : .explicitVRLittleEndian
    }
}
