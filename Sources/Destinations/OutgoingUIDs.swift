internal import DICOM
public import Migration

/// The UIDs under which a study's objects lie at the destination.
public struct OutgoingUIDs: Hashable, Sendable {
    private let generation: UIDGeneration?

    /// Those of the objects themselves (nil), or what they became.
    public init(_ generation: UIDGeneration?) {
        self.generation = generation
    }

    /// The UID there, of a study, a series or an instance whose object has `uid`.
    public subscript(uid: String) -> String { generation.map { UIDRenewal.uid(of: uid, generation: $0.rawValue) } ?? uid }
}
