internal import Migration

/// What the header says of the message.
extension HL7Header {
    /// What kind of message it is.
    enum Kind: Hashable, Sendable {
        /// ORM^O01, OMI^O23.
        case order
        /// ADT^A08.
        case identity
        /// ADT^A40.
        case merge
    }

    /// The kind of the message, when all else in the header is as it must be as well.
    func kind() throws(HL7Fault) -> Kind {
        try checkVersion()
        try checkControlID()
        guard bytes(14).isEmpty else { throw HL7Fault(.dataType, at: Self.place(14), "a continued message is not put together here") }
        let type = components(9)
        guard let name = type.first, !name.isEmpty else { throw HL7Fault(.requiredField, at: Self.place(9), "the message has no type") }
        switch (name, type.dropFirst().first ?? "") {
        case ("ORM", "O01"), ("OMI", "O23"): return .order
        case ("ADT", "A08"): return .identity
        case ("ADT", "A40"): return .merge
        case ("ORM", _), ("OMI", _), ("ADT", _):
            throw HL7Fault(.unsupportedEvent, at: Self.place(9), "of this type only ORM^O01, OMI^O23, ADT^A08 and ADT^A40 are taken")
        default: throw HL7Fault(.unsupportedMessage, at: Self.place(9), "only ORM^O01, OMI^O23, ADT^A08 and ADT^A40 are taken")
        }
    }

    /// When the message was made (MSH-7), by `zone` where it names none; nil when it does not say.
    func saidAt(assuming zone: HL7TimeZone) throws(HL7Fault) -> Instant? {
        let text = components(7).first ?? ""
        if text.isEmpty { return nil }
        guard let moment = HL7Moment(text, assuming: zone) else { throw HL7Fault(.dataType, at: Self.place(7), "is no date and time of the form YYYYMMDDHHMMSS") }
        return moment.instant
    }

    /// Who sent the message, for the chain of events: application and facility, which the hospital's administrators name. The control ID is left out: some
    /// systems make it of a patient's number.
    var sender: String {
        let names = [3, 4].compactMap { components($0).first.map(Self.plain) }.filter { !$0.isEmpty }
        return names.isEmpty ? "an unnamed system" : names.joined(separator: ", ")
    }

    private static func plain(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F }.prefix(HL7Limits.senderName).map(Character.init))
    }

    static func place(_ field: Int) -> HL7Fault.Place { HL7Fault.Place("MSH", field: field) }

    private func checkVersion() throws(HL7Fault) {
        let version = components(12).first ?? ""
        guard !version.isEmpty else { throw HL7Fault(.requiredField, at: Self.place(12), "the message names no version of HL7") }
        guard version.hasPrefix("2.") || version == "2" else { throw HL7Fault(.unsupportedVersion, at: Self.place(12), "only versions 2.x are read") }
        let processing = components(11).first ?? ""
        guard !processing.isEmpty else { throw HL7Fault(.requiredField, at: Self.place(11), "the message has no processing ID") }
        // Orders of a training or test system are no orders.
        guard processing == "P" else { throw HL7Fault(.unsupportedProcessing, at: Self.place(11), "only production messages (P) are taken") }
    }

    private func checkControlID() throws(HL7Fault) {
        guard !bytes(10).isEmpty else { throw HL7Fault(.requiredField, at: Self.place(10), "the message has no control ID") }
        guard bytes(10).count <= HL7Limits.controlID else {
            throw HL7Fault(.dataType, at: Self.place(10), "the control ID has more than \(HL7Limits.controlID) bytes")
        }
    }
}
