public import Migration

/// What goes along with a decision by hand.
public struct DecisionTerms: Hashable, Sendable {
    /// Why, in the person's words, which may name a patient; nil: none is given.
    public var reason: Identifying?
    /// What the person looked at: ``WorklistItem/revision``. A decision on what is otherwise by now is refused. Nil: not said.
    public var seen: String?

    /// Terms of these values.
    public init(reason: Identifying? = nil, seen: String? = nil) {
        self.reason = reason
        self.seen = seen
    }
}

/// How a study is to have the order that it is linked to.
public struct OrderUse: Hashable, Sendable {
    /// Whose order is meant where several patients have one of that accession number; nil: there is one. A blank patient ID stands for any.
    public var patient: PatientKey?
    /// Whether it has the order beside other studies, on purpose.
    public var isShared: Bool
    /// Accession numbers of further orders of the patient that it serves.
    public var also: [String]

    /// A use of these values.
    public init(patient: PatientKey? = nil, isShared: Bool = false, also: [String] = []) {
        self.patient = patient
        self.isShared = isShared
        self.also = also
    }

    /// Orders that one study serves at most (law 9): a whole-body scan is a dozen exams.
    public static var limit: Int { 16 }
}

/// What a person can do with a study on the manual worklist, beside linking it to an order and filing it as an unspecified exam.
public enum WorklistAction: Hashable, Sendable {
    /// Keep others from deciding on it for a while.
    case take
    /// Let others decide on it again.
    case letGo
    /// Leave it out.
    case exclude
    /// Put it off until then.
    case postpone(until: Instant)
    /// Take back what was decided.
    case undo
    /// Note that it serves these orders beside its own, by their accession numbers.
    case link([String])
    /// Note that it does not serve these orders.
    case unlink([String])
}
