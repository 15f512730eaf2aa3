internal import DICOM
internal import NIOCore

/// An instance as storage commitment names it (PS3.4 §J.3.2.1).
public struct InstanceReference: Hashable, Sendable {
    /// Referenced SOP Class UID (0008,1150).
    public let sopClassUID: String
    /// Referenced SOP Instance UID (0008,1155).
    public let sopInstanceUID: String

    /// A reference to an instance.
    public init(sopClassUID: String, sopInstanceUID: String) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
    }
}

/// What a provider is asked to keep safely (N-ACTION, PS3.4 §J.3.2).
public struct CommitmentRequest: Hashable, Sendable {
    /// Transaction UID (0008,1195), ours to choose, by which the report is known.
    public let transactionUID: String
    /// The instances.
    public let references: [InstanceReference]

    /// A request under a UID that was never used before.
    public init(transactionUID: String, references: [InstanceReference]) {
        self.transactionUID = transactionUID
        self.references = references
    }

    func dataSet() throws(DICOMError) -> DataSet {
        var dataSet = DataSet()
        try dataSet.set(.transactionUID, transactionUID)
        try dataSet.set(.referencedSOPSequence, items: references.map { (reference) throws(DICOMError) in
            var item = DataSet()
            try item.set(.referencedSOPClassUID, reference.sopClassUID)
            try item.set(.referencedSOPInstanceUID, reference.sopInstanceUID)
            return item
        })
        return dataSet
    }
}

/// A provider's verdict (N-EVENT-REPORT, PS3.4 §J.3.3). It may come on the association of the request, on another, or never; for all instances or a part.
public struct CommitmentReport: Hashable, Sendable {
    /// Storage Commitment Push Model, PS3.4 §J.3.5.
    public static let sopClassUID = "1.2.840.10008.1.20.1"
    /// The one instance of that class, PS3.4 §J.3.5.
    static let sopInstanceUID = "1.2.840.10008.1.20.1.1"
    /// Action Type ID of a request, PS3.4 §J.3.2.
    static let requestAction: UInt16 = 1
    /// Largest data set of a report, in bytes: some 130 for each of ``maximumReferences``.
    static let maximumLength = 4_194_304
    /// Most instances that one request should name, so that its report stays within the limit.
    public static let maximumReferences = 20_000

    /// Transaction UID (0008,1195) of the request.
    public let transactionUID: String
    /// Instances that the provider keeps: Referenced SOP Sequence (0008,1199).
    public let committed: [InstanceReference]
    /// Instances that it does not, with Failure Reason (0008,1197): Failed SOP Sequence (0008,1198).
    public let failed: [Failure]

    /// An instance that the provider does not commit to.
    public struct Failure: Hashable, Sendable {
        /// Which.
        public let reference: InstanceReference
        /// Why, PS3.3 §C.14.1.1; nil when the provider does not say.
        public let reason: UInt16?
    }

    /// The report in a data set. References without UIDs, which name nothing, are passed over.
    ///
    /// - Throws: `DICOMError` for a sequence that cannot be read.
    init(_ dataSet: DataSet) throws(DICOMError) {
        transactionUID = dataSet.string(.transactionUID) ?? ""
        committed = try Self.items(.referencedSOPSequence, of: dataSet).compactMap(InstanceReference.init)
        failed = try Self.items(.failedSOPSequence, of: dataSet).compactMap { item in
            InstanceReference(item).map { Failure(reference: $0, reason: item.integer(.failureReason).flatMap(UInt16.init(exactly:))) }
        }
    }

    private static func items(_ tag: Tag, of dataSet: DataSet) throws(DICOMError) -> [DataSet] {
        dataSet.contains(tag) ? try dataSet.items(tag) : []
    }
}

extension InstanceReference {
    fileprivate init?(_ item: DataSet) {
        guard let instance = item.string(.referencedSOPInstanceUID), !instance.isEmpty else { return nil }
        self.init(sopClassUID: item.string(.referencedSOPClassUID) ?? "", sopInstanceUID: instance)
    }
}

extension Tag {
    fileprivate static let referencedSOPClassUID = Tag(0x0008, 0x1150)
    fileprivate static let referencedSOPInstanceUID = Tag(0x0008, 0x1155)
    fileprivate static let transactionUID = Tag(0x0008, 0x1195)
    fileprivate static let failureReason = Tag(0x0008, 0x1197)
    fileprivate static let failedSOPSequence = Tag(0x0008, 0x1198)
    fileprivate static let referencedSOPSequence = Tag(0x0008, 0x1199)
}
