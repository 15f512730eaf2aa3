internal import Coordination
internal import Ledger
internal import Migration

/// One study of the manual worklist as JSON: what it is, and the orders that may be its own.
public struct WorklistItemShape: Codable, Hashable, Sendable {
    /// What the objects say.
    public struct Header: Codable, Hashable, Sendable {
        /// The patient.
        public var patient: PatientShape
        /// Study Date as written.
        public var studyDate: String
        /// Study Time as written.
        public var studyTime: String
        /// Accession Number as written.
        public var accessionNumber: String
        /// Study Description.
        public var studyDescription: String
        /// Body Part Examined of the objects.
        public var bodyParts: [String]
        /// Laterality of the objects.
        public var lateralities: [String]
        /// Other Patient Names.
        public var otherNames: String
    }

    /// What one worker read of it from one medium.
    public struct Part: Codable, Hashable, Sendable {
        /// The medium's label.
        public var medium: String
        /// Who read it.
        @OrNull public var worker: String?
        /// Whether that worker still has it, in the words of `Custody`.
        public var custody: String
        /// Instances of it.
        public var instanceCount: Int
        /// Bytes of their files.
        public var byteCount: Int64
    }

    /// What a person decided.
    public struct Decision: Codable, Hashable, Sendable {
        /// Who.
        public var by: String
        /// `assigned`, `unspecified`, `excluded`.
        public var kind: String
        /// When, ISO 8601.
        @OrNull public var at: String?
        /// Why.
        @OrNull public var reason: String?
        /// The accession number that it should have been sent under, where it was sent otherwise.
        @OrNull public var amendedTo: String?
    }

    /// The study, who is at it, and until when it is put off.
    public var study: WaitingShape
    /// What it comes to: a decision that names it as `seen` is refused when anything of it is otherwise by then.
    public var revision: String
    /// What its objects say.
    public var header: Header
    /// Where it was read, part by part.
    public var parts: [Part]
    /// The orders that may be its own, the most fitting first.
    public var candidates: [CandidateShape]
    /// Orders of the patient beyond those.
    public var moreCandidates: Int
    /// The orders that it serves beside its own.
    public var servedOrders: [OrderShape]
    /// What a person decided.
    @OrNull public var decision: Decision?
}

extension WorklistItemShape {
    init(_ item: WorklistItem, _ row: StudyRow, at now: Instant, in reader: any LedgerReader) throws {
        let parts = try reader.parts(of: item.study.id).map { part in
            Part(
                medium: try reader.medium(part.medium)?.label ?? "", worker: try reader.worker(part.worker)?.name, custody: part.custody.rawValue,
                instanceCount: part.instanceCount, byteCount: part.byteCount)
        }
        self.init(
            study: try WaitingShape(row, at: now, in: reader), revision: item.revision, header: Header(item.study.header), parts: parts,
            candidates: item.choices.map { CandidateShape($0, item.match) }, moreCandidates: item.more, servedOrders: item.served.map(OrderShape.init),
            decision: item.study.decision.map(Decision.init))
    }
}

extension WorklistItemShape.Header {
    init(_ header: StudyHeader) {
        self.init(
            patient: PatientShape(header.patient), studyDate: header.studyDate, studyTime: header.studyTime, accessionNumber: header.accessionNumber,
            studyDescription: header.studyDescription, bodyParts: header.bodyParts, lateralities: header.lateralities,
            otherNames: header.otherNames.reveal())
    }
}

extension WorklistItemShape.Decision {
    init(_ decision: PersonalDecision) {
        self.init(
            by: decision.by, kind: decision.kind.rawValue, at: decision.at?.text, reason: decision.reason?.reveal(),
            amendedTo: decision.amendment?.plan.accessionNumber)
    }
}
