/// How one hospital writes its messages; what it leaves open is as IHE's Scheduled Workflow has it (Radiology Technical Framework, volume 2, §4.4).
public struct HL7Conventions: Hashable, Sendable {
    /// Where the accession number stands; the first place that has a value counts, here and below. `IPC` is the segment of OMI, `OBR-18` IHE's
    /// place in ORM. Filler order numbers (`OBR-3`) are for hospitals that say so: not everywhere they are what the objects bear.
    public var accessionNumber = paths("IPC-1", "OBR-18")
    /// Where the Study Instance UID stands: in OMI, and in IHE's segment of its own in ORM.
    public var studyInstanceUID = paths("IPC-3", "ZDS-1")
    /// Where day and time of the exam stand.
    public var examDate = paths("OBR-36", "TQ1-7", "OBR-27.4", "ORC-7.4", "SCH-11.4")
    /// Where the modality stands: in OMI, and IHE's place in ORM.
    public var modality = paths("IPC-5", "OBR-24")
    /// The namespace (CX-4) whose patient IDs count; nil: see ``HL7Reader``.
    public var assigningAuthority: String?
    /// The zone of moments that are written without one.
    public var timeZone = HL7TimeZone.utc
    /// What a message without MSH-18 is written in.
    public var characterSet = HL7CharacterSet.ascii

    /// The conventions that are used where a hospital names none.
    public init() {}

    private static func paths(_ texts: String...) -> [HL7Path] { texts.compactMap { HL7Path($0) } }
}
