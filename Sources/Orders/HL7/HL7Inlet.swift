public import Migration

/// Where messages of the hospital's systems come in: what each says is made durable, then it is acknowledged (law 1).
public struct HL7Inlet: Sendable {
    /// Why a message is not durable.
    public struct Refusal: Hashable, Sendable {
        /// What it is about; says whether the sender may send the message again.
        public enum Cause: Hashable, Sendable {
            /// Nothing can be recorded now, or the fault is our own: the message is rejected, and may be sent again (AR, 207).
            case unavailable
            /// A patient ID whose issuer is not said, and that several issuers have: it is in error (AE, 102), at the field that has it.
            case patient
            /// The message says what cannot be, and would be refused again: it is in error (AE, 102).
            case content
        }

        /// What it is about.
        public var cause: Cause
        /// Why, in words without patient data.
        public var message: String

        /// A refusal of these.
        public init(_ cause: Cause, _ message: String) {
            self.cause = cause
            self.message = message
        }

        /// What the sender is told.
        func fault(in refused: HospitalMessage) -> HL7Fault {
            switch cause {
            case .unavailable: HL7Fault(.internalError, message)
            case .patient: HL7Fault(.dataType, at: Self.place(in: refused), message)
            case .content: HL7Fault(.dataType, message)
            }
        }

        /// The patient ID of a message that says one thing; where it says several it is not known which of them was refused.
        private static func place(in refused: HospitalMessage) -> HL7Fault.Place? {
            guard refused.notices.count == 1 else { return nil }
            if case .merge(let former, _) = refused.notices[0], former.issuer.isBlank { return HL7Fault.Place("MRG", field: 1) }
            return HL7Fault.Place("PID", field: 3)
        }
    }

    /// Hands a message on; the last argument is called once, when it is durable or refused.
    public typealias Entry = @Sendable (HospitalMessage, @escaping @Sendable (Refusal?) -> Void) -> Void

    private let reader: HL7Reader
    private let enter: Entry

    /// An inlet for messages that are written by `conventions`, and go to `enter`.
    public init(_ conventions: HL7Conventions, enter: @escaping Entry) {
        reader = HL7Reader(conventions: conventions)
        self.enter = enter
    }

    /// The reply to a message, and what was wrong with it.
    public struct Answer: Sendable {
        /// What goes back; nil where the sender wants no acknowledgement.
        public let bytes: [UInt8]?
        /// Why the message was not taken; nil when it was.
        public let fault: HL7Fault?
    }

    /// Takes the message in `bytes`, and calls `whenDone` once: at once when it cannot be read, otherwise when it is durable or refused.
    ///
    /// - Parameters:
    ///   - controlID: the reply's own control ID, at most 20 characters.
    ///   - now: the moment that the reply names.
    func receive(_ bytes: [UInt8], controlID: String, at now: Instant, whenDone: @escaping @Sendable (Answer) -> Void) {
        let header: HL7Header
        do throws(HL7Fault) {
            header = try HL7Header(of: bytes[...])
        } catch {
            return whenDone(Self.answer(nil, error, controlID, now))
        }
        let message: HospitalMessage
        do throws(HL7Fault) {
            message = try reader.read(bytes[...], header: header)
        } catch {
            return whenDone(Self.answer(header, error, controlID, now))
        }
        enter(message) { refusal in
            whenDone(Self.answer(header, refusal?.fault(in: message), controlID, now))
        }
    }

    /// The reply to a message that is too long to be read, of which `beginning` is known.
    func refuse(_ beginning: [UInt8], limit: Int, controlID: String, at now: Instant) -> Answer {
        let fault = HL7Fault(.dataType, "the message has more than \(limit) bytes")
        return Self.answer(try? HL7Header(of: beginning[...]), fault, controlID, now)
    }

    private static func answer(_ header: HL7Header?, _ fault: HL7Fault?, _ controlID: String, _ now: Instant) -> Answer {
        Answer(bytes: HL7Acknowledgement(header: header, fault: fault).bytes(controlID: controlID, at: now), fault: fault)
    }
}
