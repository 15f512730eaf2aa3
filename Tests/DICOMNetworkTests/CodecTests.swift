import NIOCore
import Testing

@testable import DICOMNetwork

/// PDUs, command sets, fragments and addresses, without a socket.
@Suite struct CodecTests {
    private static var information: UserInformation {
        var information = UserInformation()
        information.maximumPDULength = 32_768
        information.implementationClassUID = "1.2.3"
        information.implementationVersionName = "TEST"
        information.roles = [.init(sopClassUID: "1.2.840.10008.5.1.4.1.1.2", isUser: false, isProvider: true)]
        information.asynchronousOperations = .init(invoked: 4, performed: 1)
        return information
    }

    static let pdus: [PDU] = [
        .associateRequest(
            AssociateRequest(
                calledAETitle: "CALLED AE", callingAETitle: "SKEIN",
                contexts: [.init(id: 1, abstractSyntaxUID: "1.2.840.10008.1.1", transferSyntaxUIDs: ["1.2.840.10008.1.2", "1.2"])],
                userInformation: information)),
        .associateAccept(
            AssociateAccept(
                calledAETitle: "CALLED AE", callingAETitle: "SKEIN",
                contexts: [.init(id: 1, result: 0, transferSyntaxUID: "1.2.840.10008.1.2"), .init(id: 3, result: 4, transferSyntaxUID: "")],
                userInformation: information)),
        .associateReject(AssociateReject(result: 1, source: 1, reason: 7)),
        .data([
            PresentationDataValue(contextID: 1, isCommand: true, isLast: true, fragment: ByteBuffer(bytes: [1, 2])),
            PresentationDataValue(contextID: 1, isCommand: false, isLast: false, fragment: ByteBuffer(bytes: [])),
        ]),
        .releaseRequest, .releaseResponse, .abort(AbortNotice(source: 2, reason: 6)),
    ]

    @Test("Each PDU is read as it was written, from whatever pieces it comes in", arguments: pdus)
    func roundTrip(pdu: PDU) throws {
        var written = ByteBuffer()
        pdu.encode(into: &written)
        var received = ByteBuffer()
        for byte in written.readableBytesView.dropLast() {
            received.writeInteger(byte)
            #expect(try PDU.decode(from: &received) == nil)
        }
        received.writeBytes(written.readableBytesView.suffix(1))
        #expect(try PDU.decode(from: &received) == pdu)
        #expect(received.readableBytes == 0)
    }

    @Test("Whatever byte of a PDU is changed, decoding ends with a PDU, an error or a wait, and never traps", arguments: pdus)
    func changedBytes(pdu: PDU) throws {
        var written = ByteBuffer()
        pdu.encode(into: &written)
        var errors = 0
        for place in 0..<written.readableBytes {
            for value in [UInt8(0), 0x01, 0x7F, 0xFF] {
                var changed = written
                changed.setInteger(value, at: place)
                do { _ = try PDU.decode(from: &changed) } catch { errors += 1 }
            }
        }
        #expect(errors > 0)
    }

    @Test("A UID of 65 characters is refused")
    func longUID() throws {
        let request = AssociateRequest(
            calledAETitle: "A", callingAETitle: "B",
            contexts: [.init(id: 1, abstractSyntaxUID: String(repeating: "1", count: 65), transferSyntaxUIDs: ["1.2"])],
            userInformation: UserInformation())
        var bytes = ByteBuffer()
        PDU.associateRequest(request).encode(into: &bytes)
        let error = #expect(throws: NetworkError.self) { try PDU.decode(from: &bytes) }
        #expect(error?.code == .limitExceeded)
    }

    @Test("A command set keeps its fields in ascending order behind the group length, padded to even length")
    func commandSet() throws {
        var command = CommandSet(.storeRequest, hasDataSet: true)
        command[text: .affectedSOPInstanceUID] = "1.2.3"
        command[text: .affectedSOPClassUID] = "1.2"
        command[.messageID] = 258
        var bytes = ByteBuffer()
        command.encode(into: &bytes)
        #expect(bytes.getInteger(at: 8, endianness: .little, as: UInt32.self) == UInt32(bytes.readableBytes - 12))
        let read = try CommandSet(from: &bytes)
        #expect(read == command)
        #expect(read[text: .affectedSOPInstanceUID] == "1.2.3")
        #expect(read[.messageID] == 258)
        #expect(read.kind == .storeRequest && read.hasDataSet)
        command[text: .moveDestination] = "SKEIN"
        var padded = ByteBuffer()
        command.encode(into: &padded)
        // A UID ends with NUL, an AE title with a space (PS3.5 §6.2).
        #expect(padded.readableBytesView.contains(Array("1.2.3\0".utf8)) && padded.readableBytesView.contains(Array("SKEIN ".utf8)))
    }

    @Test("Statuses fall into the classes of PS3.7 annex C; what vendors invent is a failure")
    func statuses() {
        let expected: [UInt16: DIMSEStatus.Category] = [
            0x0000: .success, 0x0001: .warning, 0x0107: .warning, 0xB000: .warning, 0xB007: .warning, 0xFE00: .cancel,
            0xFF00: .pending, 0xFF01: .pending, 0xA700: .failure, 0xC123: .failure, 0x0110: .failure, 0xFFFB: .failure,
        ]
        for (status, category) in expected { #expect(DIMSEStatus(rawValue: status).category == category, "\(status)") }
    }

    @Test("Fragments out of order break the message: data before a command, a command inside data, two contexts")
    func assembler() throws {
        func value(_ isCommand: Bool, _ isLast: Bool, _ context: UInt8 = 1, _ bytes: ByteBuffer = ByteBuffer()) -> PresentationDataValue {
            PresentationDataValue(contextID: context, isCommand: isCommand, isLast: isLast, fragment: bytes)
        }
        var command = ByteBuffer()
        CommandSet(.storeRequest, hasDataSet: true).encode(into: &command)
        var dataFirst = MessageAssembler()
        #expect(throws: NetworkError.self) { try dataFirst.take(value(false, true)) }
        var commandInside = MessageAssembler()
        _ = try commandInside.take(value(true, true, 1, command))
        #expect(throws: NetworkError.self) { try commandInside.take(value(true, true, 1, command)) }
        var twoContexts = MessageAssembler()
        _ = try twoContexts.take(value(true, true, 1, command))
        #expect(throws: NetworkError.self) { try twoContexts.take(value(false, true, 3)) }
        var endless = MessageAssembler()
        let piece = ByteBuffer(repeating: 0, count: 8_192)
        _ = try endless.take(value(true, false, 1, piece))
        _ = try endless.take(value(true, false, 1, piece))
        let error = #expect(throws: NetworkError.self) { try endless.take(value(true, false, 1, piece)) }
        #expect(error?.code == .limitExceeded)
    }

    @Test("A destination's address is read and written, spaces in AE titles and IPv6 hosts included")
    func address() throws {
        let address = try ApplicationEntityAddress(parsing: "dicom://NEW%20PACS@[::1]:4242?calling=GATE%201")
        #expect(address.calledAETitle == "NEW PACS" && address.host == "::1" && address.port == 4_242)
        #expect(address.callingAETitle == "GATE 1")
        #expect(try ApplicationEntityAddress(parsing: "\(address)") == address)
        let short = try ApplicationEntityAddress(parsing: "dicom://PACS@pacs.example")
        #expect(short.port == 11_112 && short.callingAETitle == "SKEIN" && short.associations == nil)
        let capped = try ApplicationEntityAddress(parsing: "dicom://PACS@pacs.example:104?calling=GATE&associations=3")
        #expect(capped.callingAETitle == "GATE" && capped.associations == 3)
        #expect(capped.description == "dicom://PACS@pacs.example:104?calling=GATE&associations=3")
        let secure = try ApplicationEntityAddress(parsing: "dicoms://PACS@pacs.example")
        #expect(secure.isSecure && secure.port == ApplicationEntityAddress.defaultSecurePort && !capped.isSecure)
        #expect(secure.description == "dicoms://PACS@pacs.example:2762?calling=SKEIN")
    }

    @Test(
        "A wrong address is refused with the part that is wrong",
        arguments: [
            ("http://A@b:1", "dicom://"), ("dicom://b:1", "@"), ("dicom://A@b:port", "port"), ("dicom://A@b:70000", "70000"),
            ("dicom://@b:1", "called AE title"), ("dicom://SEVENTEENLETTERSX@b:1", "called AE title"),
            ("dicom://A@:1", "host"), ("dicom://A@b:1?calling=", "calling AE title"), ("dicom://A@b:1?color=red", "color=red"),
            ("dicom://A@b:1?associations=0", "associations"), ("dicom://A%2@b:1", "%"), ("dicom://A%5CB@b:1", "called AE title"),
        ])
    func wrongAddress(text: String, part: String) {
        let error = #expect(throws: NetworkError.self) { try ApplicationEntityAddress(parsing: text) }
        #expect(error?.code == .invalidAddress)
        #expect(error?.message.contains(part) == true)
    }

    @Test("129 contexts, or a syntax that is no UID by its length, are refused before anything is sent")
    func proposals() throws {
        let address = try ApplicationEntityAddress(parsing: "dicom://A@b")
        let context = ProposedContext("1.2", transferSyntaxUIDs: ["1.2.840.10008.1.2"])
        let many = #expect(throws: NetworkError.self) {
            try Negotiation(address: address, proposals: Array(repeating: context, count: 129))
        }
        #expect(many?.message.contains("129") == true)
        #expect(throws: NetworkError.self) {
            try Negotiation(address: address, proposals: [ProposedContext("", transferSyntaxUIDs: ["1.2"])])
        }
        let request = try Negotiation(address: address, proposals: Array(repeating: context, count: 128)).request
        let oddNumbers = Array(stride(from: UInt8(1), through: 255, by: 2))
        #expect(request.contexts.map(\.id) == oddNumbers)
    }
}
