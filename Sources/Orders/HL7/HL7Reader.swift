internal import Migration

/// Reads messages of the hospital's systems: ORM^O01, OMI^O23, ADT^A08 and ADT^A40 (docs/hl7.md says which fields).
///
/// The patient ID is the identifier (PID-3) whose namespace is ``HL7Conventions/assigningAuthority``, if one is configured; of several the one of the
/// types MR, PI, PT, without a type, or any, in this order.
struct HL7Reader: Sendable {
    let conventions: HL7Conventions

    /// What the message with this header says.
    ///
    /// - Throws: ``HL7Fault`` when anything in it is not as it must be: a message counts as a whole or not at all.
    func read(_ bytes: ArraySlice<UInt8>, header: HL7Header) throws(HL7Fault) -> HospitalMessage {
        let kind = try header.kind()
        let message = try HL7Message(bytes, header: header, assuming: conventions.characterSet)
        let notices =
            switch kind {
            case .order: try orders(message)
            case .identity: [HospitalNotice.identity(try patient(try required("PID", in: message)))]
            case .merge: try merges(message)
            }
        guard notices.count <= HL7Limits.notices else {
            throw HL7Fault(.segmentSequence, "the message has \(notices.count) orders or merges, at most \(HL7Limits.notices) are allowed")
        }
        return HospitalMessage(sender: header.sender, saidAt: try header.saidAt(assuming: conventions.timeZone), notices: notices)
    }

    func required(_ name: String, in message: HL7Message) throws(HL7Fault) -> HL7Segment {
        guard let segment = try message.segment(name) else { throw HL7Fault(.requiredField, at: .init(name), "the segment is missing") }
        return segment
    }

    /// The value of `stated`, which an object carries: without control characters and backslash, and within its limit.
    func value(_ stated: Stated<String>, limit: Int, at place: HL7Fault.Place) throws(HL7Fault) -> Stated<String> {
        guard case .value(let text) = stated else { return stated }
        guard !ValueRule.hasControl(text), ValueRule.isValue(text, limit: limit) else {
            throw HL7Fault(.dataType, at: place, "has control characters, a backslash, or more than \(limit) characters")
        }
        return stated
    }

    /// A text in the hospital's words: line breaks become spaces, and what is beyond the limit is left out.
    func words(_ stated: Stated<String>) -> Stated<String> {
        guard case .value(let text) = stated else { return stated }
        let plain = text.unicodeScalars.prefix(TableLimits.hospitalText).map { $0.properties.generalCategory == .control ? " " : Character($0) }
        return .value(String(plain))
    }

    // MARK: Merges

    /// Each PID with the MRG that follows it (ADT_A39).
    private func merges(_ message: HL7Message) throws(HL7Fault) -> [HospitalNotice] {
        var notices: [HospitalNotice] = []
        var survivor: HL7Segment?
        for segment in message.segments {
            if segment.name == "PID" {
                if let survivor { throw HL7Fault(.requiredField, at: .init("MRG", number: survivor.number), "the segment is missing behind its PID") }
                survivor = segment
            } else if segment.name == "MRG" {
                guard let pid = survivor else { throw HL7Fault(.segmentSequence, at: segment.place(), "the segment does not follow a PID") }
                notices.append(try merge(segment, into: pid))
                survivor = nil
            }
        }
        if let survivor { throw HL7Fault(.requiredField, at: .init("MRG", number: survivor.number), "the segment is missing behind its PID") }
        guard !notices.isEmpty else { throw HL7Fault(.requiredField, at: .init("PID"), "the segment is missing") }
        return notices
    }

    private func merge(_ segment: HL7Segment, into pid: HL7Segment) throws(HL7Fault) -> HospitalNotice {
        let survivor = try patient(pid)
        let former = try key(segment, field: 1)
        guard former.patientID != survivor.key.patientID || !former.mayBeIssued(by: survivor.key.issuer) else {
            throw HL7Fault(.dataType, at: segment.place(1), "is the patient ID of PID-3")
        }
        return .merge(former: former, survivor: survivor)
    }
}
