internal import NIOCore

extension PDU {
    /// Appends the PDU's bytes. P-DATA-TF with bulk data is written by `MessageWriter`, which lays PDU headers between the data
    /// instead of copying it.
    func encode(into bytes: inout ByteBuffer) {
        switch self {
        case .associateRequest(let request): bytes.writePDU(.associateRequest) { request.encode(into: &$0) }
        case .associateAccept(let accept): bytes.writePDU(.associateAccept) { accept.encode(into: &$0) }
        case .associateReject(let reject):
            bytes.writePDU(.associateReject) { _ = $0.writeBytes([0, reject.result, reject.source, reject.reason]) }
        case .data(let values):
            bytes.writePDU(.data) { for value in values { value.encode(into: &$0) } }
        case .releaseRequest: bytes.writePDU(.releaseRequest) { _ = $0.writeInteger(UInt32(0)) }
        case .releaseResponse: bytes.writePDU(.releaseResponse) { _ = $0.writeInteger(UInt32(0)) }
        case .abort(let notice): bytes.writePDU(.abort) { _ = $0.writeBytes([0, 0, notice.source, notice.reason]) }
        }
    }
}

extension PresentationDataValue {
    /// The message control header of PS3.8 §E.2.
    static func control(isCommand: Bool, isLast: Bool) -> UInt8 {
        (isCommand ? 0x01 : 0) | (isLast ? 0x02 : 0)
    }

    func encode(into bytes: inout ByteBuffer) {
        bytes.writeInteger(UInt32(fragment.readableBytes + 2))
        bytes.writeInteger(contextID)
        bytes.writeInteger(Self.control(isCommand: isCommand, isLast: isLast))
        bytes.writeImmutableBuffer(fragment)
    }
}

extension AssociateRequest {
    func encode(into bytes: inout ByteBuffer) {
        bytes.writeAssociateFront(protocolVersion, called: calledAETitle, calling: callingAETitle)
        for context in contexts {
            bytes.writeItem(ItemType.proposedContext) { item in
                item.writeBytes([context.id, 0, 0, 0])
                item.writeItem(ItemType.abstractSyntax, text: context.abstractSyntaxUID)
                for uid in context.transferSyntaxUIDs { item.writeItem(ItemType.transferSyntax, text: uid) }
            }
        }
        userInformation.encode(into: &bytes)
    }
}

extension AssociateAccept {
    func encode(into bytes: inout ByteBuffer) {
        bytes.writeAssociateFront(protocolVersion, called: calledAETitle, calling: callingAETitle)
        for context in contexts {
            bytes.writeItem(ItemType.answeredContext) { item in
                item.writeBytes([context.id, 0, context.result, 0])
                item.writeItem(ItemType.transferSyntax, text: context.transferSyntaxUID)
            }
        }
        userInformation.encode(into: &bytes)
    }
}

extension UserInformation {
    func encode(into bytes: inout ByteBuffer) {
        bytes.writeItem(ItemType.userInformation) { item in
            item.writeItem(ItemType.maximumLength) { _ = $0.writeInteger(maximumPDULength) }
            item.writeItem(ItemType.implementationClassUID, text: implementationClassUID)
            if let window = asynchronousOperations {
                item.writeItem(ItemType.asynchronousOperations) {
                    $0.writeInteger(window.invoked)
                    $0.writeInteger(window.performed)
                }
            }
            for role in roles {
                item.writeItem(ItemType.roleSelection) {
                    $0.writeInteger(UInt16(role.sopClassUID.utf8.count))
                    $0.writeString(role.sopClassUID)
                    $0.writeBytes([role.isUser ? 1 : 0, role.isProvider ? 1 : 0])
                }
            }
            item.writeItem(ItemType.implementationVersionName, text: implementationVersionName)
        }
    }
}

extension ByteBuffer {
    /// The DICOM application context, PS3.7 annex A.2.1.
    private static var applicationContextName: String { "1.2.840.10008.3.1.1.1" }

    fileprivate mutating func writePDU(_ kind: PDU.Kind, _ body: (inout ByteBuffer) -> Void) {
        writeInteger(kind.rawValue)
        writeInteger(UInt8(0))
        let place = writerIndex
        writeInteger(UInt32(0))
        body(&self)
        setInteger(UInt32(writerIndex - place - 4), at: place)
    }

    fileprivate mutating func writeItem(_ type: UInt8, _ body: (inout ByteBuffer) -> Void) {
        writeInteger(type)
        writeInteger(UInt8(0))
        let place = writerIndex
        writeInteger(UInt16(0))
        body(&self)
        setInteger(UInt16(writerIndex - place - 2), at: place)
    }

    fileprivate mutating func writeItem(_ type: UInt8, text: String) {
        writeItem(type) { _ = $0.writeString(text) }
    }

    fileprivate mutating func writeAssociateFront(_ version: UInt16, called: String, calling: String) {
        writeInteger(version)
        writeInteger(UInt16(0))
        writeAETitle(called)
        writeAETitle(calling)
        writeRepeatingByte(0, count: 32)
        writeItem(ItemType.applicationContext, text: Self.applicationContextName)
    }

    private mutating func writeAETitle(_ title: String) {
        let bytes = title.utf8.prefix(UpperLayerLimits.maximumAETitleLength)
        writeBytes(bytes)
        writeRepeatingByte(0x20, count: UpperLayerLimits.maximumAETitleLength - bytes.count)
    }
}
