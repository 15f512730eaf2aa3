/// New UIDs for a study that is sent again beside what it was sent as: a pure function of the old ones, so that nobody keeps a list.
///
/// Renewed are the study's own UIDs alone, wherever one of its objects has them: its Study Instance UID, Series Instance UIDs and SOP Instance UIDs, as
/// the object's own, and in references to others of the same study, in sequences too. References to other studies stay, and so do frames of reference and
/// all other UIDs. What Original Attributes Sequence (0400,0561) tells of former values stays as well, and sequences that are damaged.
public struct UIDRenewal: Hashable, Sendable {
    /// What tells these new UIDs from those of any other renewal: 1 to 64 characters of ASCII.
    public let generation: String
    /// The UIDs of the study's objects: SOP Instance UIDs, Series Instance UIDs, Study Instance UID.
    public let members: Set<String>

    /// The renewal of the study with these UIDs.
    public init(generation: String, members: Set<String>) {
        self.generation = generation
        self.members = members
    }

    /// The UID in the place of `uid`, whatever that is of: made as those of ``DerivedIdentity`` are, of kind `again`, from `generation` and `uid`.
    public static func uid(of uid: String, generation: String) -> String { DerivedIdentity.uid("again", values([generation, uid])) }

    /// A UID for what is told of a renewal, such as a document: of this kind, made from these texts.
    public static func uid(telling kind: String, _ texts: [String]) -> String { DerivedIdentity.uid("again \(kind)", values(texts)) }

    private static func values(_ texts: [String]) -> [ArraySlice<UInt8>] { texts.map { Array($0.utf8)[...] } }
}

extension UIDRenewal: ElementRewriter {
    var leavesDamage: Bool { true }

    func passesOver(_ item: DataSet) -> Bool { false }

    func rewritten(_ index: Int, of dataSet: DataSet, _ attributes: EnclosingAttributes) throws(DICOMError) -> [UInt8]? {
        let record = dataSet.records[index]
        guard !record.isOmitted, Element.effectiveVR(of: record.tag, writtenAs: record.vr) == .UI else { return nil }
        var isChanged = false
        let values = String(decoding: dataSet.bytes[record.valueRange], as: UTF8.self).split(separator: "\\", omittingEmptySubsequences: false).map { text in
            let uid = String(text.prefix { $0 != "\0" && $0 != " " })
            guard members.contains(uid) else { return String(text) }
            isChanged = true
            return Self.uid(of: uid, generation: generation)
        }
        guard isChanged else { return nil }
        return try ElementWriter(encoding: dataSet.encoding).element(record.tag, vr: record.vr, value: Array(values.joined(separator: "\\").utf8))
    }
}
