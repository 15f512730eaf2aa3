import Migration
import NIOCore

@testable import Orders

/// What a system of the hospital sends: frames, messages of HL7, and what is answered.
enum MessageTarget {
    private static let now = Instant(milliseconds: 1_795_428_900_000)

    static func run(_ input: [UInt8]) {
        let whole = frames(input, by: input.count)
        require(whole == frames(input, by: 1), "a stream has other messages when it comes byte by byte")
        for case .message(let bytes) in whole { read(bytes) }
        read(input)
    }

    /// The frames of a stream that comes in pieces of `size`, up to what is none.
    private static func frames(_ input: [UInt8], by size: Int) -> [MLLPFramer.Frame] {
        var framer = MLLPFramer(limit: 1 << 16)
        var frames: [MLLPFramer.Frame] = []
        for start in stride(from: 0, to: input.count, by: max(size, 1)) {
            var piece = ByteBuffer(bytes: input[start..<min(start + size, input.count)])
            framer.append(&piece)
            while let frame = framer.next() {
                frames.append(frame)
                if frame == .stray { return frames }
            }
        }
        return frames
    }

    private static func read(_ bytes: [UInt8]) {
        guard let header = try? HL7Header(of: bytes[...]) else { return answer(nil, HL7Fault(.segmentSequence, "no header")) }
        do throws(HL7Fault) {
            let message = try HL7Reader(conventions: HL7Conventions()).read(bytes[...], header: header)
            for notice in message.notices { check(notice) }
            answer(header, nil)
        } catch {
            answer(header, error)
        }
    }

    /// A reply is one frame, and its own header is one that can be read.
    private static func answer(_ header: HL7Header?, _ fault: HL7Fault?) {
        guard let reply = HL7Acknowledgement(header: header, fault: fault).bytes(controlID: "S1", at: now) else { return }
        require(!reply.contains(MLLPFramer.endBlock) || header?.hasEndBlock == true, "a reply ends its frame before its end")
        require((try? HL7Header(of: reply[...])) != nil, "a reply has a header that cannot be read")
        require(reply.count { $0 == 0x0D } == (fault == nil ? 2 : 3), "a reply has more or fewer segments than it was given")
    }

    private static func check(_ notice: HospitalNotice) {
        switch notice {
        case .order(let order):
            let known = order.applied(to: nil)
            require(isValue(known.accessionNumber, limit: 16) && !known.accessionNumber.isEmpty, "an accession number that no object can carry")
            require(isValue(known.modality, limit: 64), "a modality that is too long")
            require(ValueRule.isUID(known.studyInstanceUID), "a UID that is none")
            require(known.procedureDescription.unicodeScalars.count <= TableLimits.hospitalText, "a description beyond its limit")
            check(order.patient)
        case .cancel(let cancel):
            require(!cancel.patient.patientID.isBlank && !cancel.numbers.isEmpty && Order.isCancelled(status: cancel.status), "a cancel that cancels nothing")
        case .identity(let identity): check(identity)
        case .merge(let former, let survivor):
            require(!former.patientID.isBlank && former != survivor.key, "a patient is merged into itself, or nobody is")
            check(survivor)
        }
    }

    private static func check(_ identity: IdentityNotice) {
        let patient = identity.applied(to: PatientIdentity(patientID: ""))
        require(!patient.patientID.isBlank && isValue(patient.patientID.reveal(), limit: 64), "a patient ID that no object can carry")
        require(ValueRule.isPersonName(patient.name.reveal()) && !ValueRule.hasControl(patient.name.reveal()), "a name that no object can carry")
        require(patient.birthDate.reveal().isEmpty || CalendarDate(patient.birthDate.reveal()) != nil, "a birth date that is no day")
        require(ValueRule.isSex(patient.sex.reveal()), "a sex that is none")
    }

    private static func isValue(_ text: String, limit: Int) -> Bool { ValueRule.isValue(text, limit: limit) && !ValueRule.hasControl(text) }
}

extension HL7Header {
    /// Whether a field that is said again has the byte that ends a frame: only where the message came in none.
    fileprivate var hasEndBlock: Bool { (2...18).contains { bytes($0).contains(MLLPFramer.endBlock) } }
}
