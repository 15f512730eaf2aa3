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
        try OriginalAttributes(of: original, changes: changes, record: record).append(to: &self)
    }

    /// Sets the lengths of those of these groups that have one (PS3.5 §7.2) to what the groups are long.
    public mutating func correctGroupLengths(_ groups: Set<UInt16>) throws(DICOMError) {
        var lengths: [UInt16: Int64] = [:]
        for record in records where !record.tag.isGroupLength && groups.contains(record.tag.group) {
            lengths[record.tag.group, default: 0] += record.byteCount
        }
        for index in records.indices where groups.contains(records[index].tag.group) && groupLength(at: index) != nil {
            var value: [UInt8] = []
            value.append(UInt32(truncatingIfNeeded: lengths[records[index].tag.group] ?? 0), bigEndian: encoding.isBigEndian)
            replace(index, with: try ElementWriter(encoding: encoding).element(records[index].tag, vr: .UL, value: value))
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
