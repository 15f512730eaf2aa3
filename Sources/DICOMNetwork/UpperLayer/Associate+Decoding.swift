internal import NIOCore

/// Item types of PS3.8 §9.3.2, §9.3.3 and annex D.
enum ItemType {
    static let applicationContext: UInt8 = 0x10
    static let proposedContext: UInt8 = 0x20
    static let answeredContext: UInt8 = 0x21
    static let abstractSyntax: UInt8 = 0x30
    static let transferSyntax: UInt8 = 0x40
    static let userInformation: UInt8 = 0x50
    static let maximumLength: UInt8 = 0x51
    static let implementationClassUID: UInt8 = 0x52
    static let asynchronousOperations: UInt8 = 0x53
    static let roleSelection: UInt8 = 0x54
    static let implementationVersionName: UInt8 = 0x55
}

/// The fixed front of A-ASSOCIATE-RQ and -AC.
private struct AssociateFront {
    let protocolVersion: UInt16
    let calledAETitle: String
    let callingAETitle: String

    init(from body: inout ByteBuffer, in pdu: String) throws(NetworkError) {
        guard let version = body.readInteger(as: UInt16.self), body.readSlice(length: 2) != nil,
            let called = body.readPaddedText(length: UpperLayerLimits.maximumAETitleLength),
            let calling = body.readPaddedText(length: UpperLayerLimits.maximumAETitleLength),
            body.readSlice(length: 32) != nil
        else { throw NetworkError(.violation, "\(pdu) shorter than its fixed 68 bytes (PS3.8 §9.3.2)") }
        protocolVersion = version
        calledAETitle = called
        callingAETitle = calling
    }
}

extension AssociateRequest {
    init(from body: inout ByteBuffer) throws(NetworkError) {
        let front = try AssociateFront(from: &body, in: "A-ASSOCIATE-RQ")
        self.init(
            protocolVersion: front.protocolVersion, calledAETitle: front.calledAETitle,
            callingAETitle: front.callingAETitle, contexts: [], userInformation: UserInformation())
        while var item = try body.readItem(in: "A-ASSOCIATE-RQ") {
            switch item.type {
            case ItemType.proposedContext:
                try checkContextCount(contexts.count, in: "A-ASSOCIATE-RQ")
                contexts.append(try Context(from: &item.value))
            case ItemType.userInformation: userInformation = try UserInformation(from: &item.value)
            default: continue  // The application context has one value only; unknown items are passed over (PS3.8 §9.3.1).
            }
        }
    }
}

extension AssociateRequest.Context {
    init(from item: inout ByteBuffer) throws(NetworkError) {
        guard let id = item.readInteger(as: UInt8.self), item.readSlice(length: 3) != nil else {
            throw NetworkError(.violation, "presentation context item shorter than 4 bytes (PS3.8 §9.3.2.2)")
        }
        self.init(id: id, abstractSyntaxUID: "", transferSyntaxUIDs: [])
        while var syntax = try item.readItem(in: "presentation context \(id)") {
            switch syntax.type {
            case ItemType.abstractSyntax: abstractSyntaxUID = try syntax.value.readUID(in: "presentation context \(id)")
            case ItemType.transferSyntax:
                guard transferSyntaxUIDs.count < UpperLayerLimits.maximumTransferSyntaxes else {
                    throw NetworkError(
                        .limitExceeded,
                        "presentation context \(id): more than \(UpperLayerLimits.maximumTransferSyntaxes) transfer syntaxes")
                }
                transferSyntaxUIDs.append(try syntax.value.readUID(in: "presentation context \(id)"))
            default: continue
            }
        }
    }
}

extension AssociateAccept {
    init(from body: inout ByteBuffer) throws(NetworkError) {
        let front = try AssociateFront(from: &body, in: "A-ASSOCIATE-AC")
        self.init(
            protocolVersion: front.protocolVersion, calledAETitle: front.calledAETitle,
            callingAETitle: front.callingAETitle, contexts: [], userInformation: UserInformation())
        while var item = try body.readItem(in: "A-ASSOCIATE-AC") {
            switch item.type {
            case ItemType.answeredContext:
                try checkContextCount(contexts.count, in: "A-ASSOCIATE-AC")
                contexts.append(try Context(from: &item.value))
            case ItemType.userInformation: userInformation = try UserInformation(from: &item.value)
            default: continue
            }
        }
    }
}

extension AssociateAccept.Context {
    init(from item: inout ByteBuffer) throws(NetworkError) {
        guard let fields = item.readBytes(length: 4) else {
            throw NetworkError(.violation, "presentation context answer shorter than 4 bytes (PS3.8 §9.3.3.2)")
        }
        self.init(id: fields[0], result: fields[2], transferSyntaxUID: "")
        while var syntax = try item.readItem(in: "presentation context \(id)") {
            guard syntax.type == ItemType.transferSyntax else { continue }
            transferSyntaxUID = try syntax.value.readUID(in: "presentation context \(id)")
        }
    }
}

extension UserInformation {
    init(from body: inout ByteBuffer) throws(NetworkError) {
        self.init()
        var count = 0
        while var item = try body.readItem(in: "user information") {
            count += 1
            guard count <= UpperLayerLimits.maximumUserInformationItems else {
                throw NetworkError(
                    .limitExceeded, "user information with more than \(UpperLayerLimits.maximumUserInformationItems) items")
            }
            try take(item.type, &item.value)
        }
    }

    private mutating func take(_ type: UInt8, _ value: inout ByteBuffer) throws(NetworkError) {
        switch type {
        case ItemType.maximumLength:
            guard let length = value.readInteger(as: UInt32.self) else { throw Self.short("maximum length") }
            maximumPDULength = length
        case ItemType.implementationClassUID: implementationClassUID = try value.readUID(in: "implementation class UID")
        case ItemType.implementationVersionName:
            implementationVersionName = value.readPaddedText(length: value.readableBytes) ?? ""
        case ItemType.asynchronousOperations:
            guard let invoked = value.readInteger(as: UInt16.self), let performed = value.readInteger(as: UInt16.self) else {
                throw Self.short("asynchronous operations window")
            }
            asynchronousOperations = AsynchronousOperationsWindow(invoked: invoked, performed: performed)
        case ItemType.roleSelection: roles.append(try RoleSelection(from: &value))
        default: break  // Extended negotiation and user identity: we propose none, so their answers say nothing to us.
        }
    }

    fileprivate static func short(_ item: String) -> NetworkError {
        NetworkError(.violation, "user information: \(item) item is too short (PS3.8 annex D, PS3.7 annex D.3.3)")
    }
}

extension UserInformation.RoleSelection {
    init(from value: inout ByteBuffer) throws(NetworkError) {
        guard let length = value.readInteger(as: UInt16.self), var uid = value.readSlice(length: Int(length)),
            let user = value.readInteger(as: UInt8.self), let provider = value.readInteger(as: UInt8.self)
        else { throw UserInformation.short("role selection") }
        self.init(sopClassUID: try uid.readUID(in: "role selection"), isUser: user == 1, isProvider: provider == 1)
    }
}

private func checkContextCount(_ count: Int, in pdu: String) throws(NetworkError) {
    guard count < UpperLayerLimits.maximumPresentationContexts else {
        throw NetworkError(
            .limitExceeded, "\(pdu) with more than \(UpperLayerLimits.maximumPresentationContexts) presentation contexts")
    }
}

extension ByteBuffer {
    /// The next item with a one-byte type, a reserved byte and a two-byte length (PS3.8 §9.3.1); nil at the end.
    fileprivate mutating func readItem(in place: String) throws(NetworkError) -> (type: UInt8, value: ByteBuffer)? {
        guard readableBytes > 0 else { return nil }
        guard let type = readInteger(as: UInt8.self), readInteger(as: UInt8.self) != nil,
            let length = readInteger(as: UInt16.self), let value = readSlice(length: Int(length))
        else { throw NetworkError(.violation, "\(place): an item's length goes beyond its end (PS3.8 §9.3)") }
        return (type, value)
    }

    /// All that is left as a UID; trailing NULs and spaces, which some peers send, are dropped.
    fileprivate mutating func readUID(in place: String) throws(NetworkError) -> String {
        let text = readPaddedText(length: readableBytes) ?? ""
        guard text.utf8.count <= UpperLayerLimits.maximumUIDLength else {
            throw NetworkError(.limitExceeded, "\(place): UID longer than \(UpperLayerLimits.maximumUIDLength) characters (PS3.5 §9.1)")
        }
        return text
    }

    /// Text without the spaces and NULs around it; bytes that are no UTF-8 become the replacement character.
    mutating func readPaddedText(length: Int) -> String? {
        guard let slice = readSlice(length: length) else { return nil }
        let isPadding: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0 }
        let bytes = slice.readableBytesView.drop(while: isPadding)
        let count = bytes.reversed().drop(while: isPadding).count
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
