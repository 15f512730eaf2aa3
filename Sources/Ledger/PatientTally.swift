public import Migration

/// What the ledger has under one patient ID.
public struct PatientTally: Hashable, Sendable {
    /// The patient ID, without spaces around it.
    public var patientID: Identifying
    /// Studies that were read, as far as they were counted.
    public var studies: Int
    /// Orders, as far as they were counted.
    public var orders: Int
    /// Whether messages or files told of the patient, with or without orders.
    public var isTold: Bool
    /// Whether a merge names it, as former or as survivor.
    public var isMerged: Bool

    /// A tally of these.
    public init(patientID: Identifying, studies: Int, orders: Int, isTold: Bool, isMerged: Bool) {
        self.patientID = patientID
        self.studies = studies
        self.orders = orders
        self.isTold = isTold
        self.isMerged = isMerged
    }
}
