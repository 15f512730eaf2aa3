internal import DICOM

extension DataSet {
    /// The tags of the elements that are not equal in both data sets by what they mean.
    func differences(from other: DataSet) throws(ComparableObject.Obstacle) -> [Tag] {
        let tags = Set(elements.map(\.tag)).union(other.elements.map(\.tag)).subtracting(Self.tagsOfNoMatter)
        var different: [Tag] = []
        for tag in tags.sorted() where !tag.isGroupLength {
            if !isEqual(tag, in: other) { different.append(tag) }
        }
        return different
    }

    /// Specific Character Set, Attribute Modification DateTime, Data Set Trailing Padding: see `Comparison`.
    private static let tagsOfNoMatter: Set<Tag> = [.specificCharacterSet, .attributeModificationDateTime, Tag(0xFFFC, 0xFFFC)]

    private func isEqual(_ tag: Tag, in other: DataSet) -> Bool {
        guard let ours = self[tag], let theirs = other[tag] else { return false }
        if ours.effectiveVR == .SQ || theirs.effectiveVR == .SQ { return hasEqualItems(tag, in: other) }
        if let ourText = string(tag), let theirText = other.string(tag) { return ourText == theirText }
        guard let ourValue = ours.value, let theirValue = theirs.value else { return false }
        return ourValue.elementsEqual(theirValue) || Self.withoutPadding(ourValue).elementsEqual(Self.withoutPadding(theirValue))
    }

    /// Items that cannot be read make the sequence different: nothing is proved then.
    private func hasEqualItems(_ tag: Tag, in other: DataSet) -> Bool {
        guard let ours = try? items(tag), let theirs = try? other.items(tag), ours.count == theirs.count else { return false }
        return zip(ours, theirs).allSatisfy { (try? $0.differences(from: $1))?.isEmpty == true }
    }

    /// A value of odd length is padded by whoever writes it next (PS3.5 §7.1.1).
    private static func withoutPadding(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = value.last, last == 0 || last == 0x20 else { return value }
        return value.dropLast()
    }
}
