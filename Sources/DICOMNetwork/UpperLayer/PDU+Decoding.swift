internal import NIOCore

extension PDU {
    /// Takes one PDU off the front of the received bytes; nil when it has not arrived completely.
    ///
    /// The length is judged as soon as the header is there, so a peer that lies about it is found out before its bytes are kept.
    /// - Throws: `NetworkError.violation` or `.limitExceeded`, naming the PDU, the item and the limit.
    static func decode(from bytes: inout ByteBuffer) throws(NetworkError) -> PDU? {
        guard let type = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self),
            let length = bytes.getInteger(at: bytes.readerIndex + 2, as: UInt32.self)
        else { return nil }
        guard let kind = Kind(rawValue: type) else {
            throw NetworkError(.violation, "PDU of unknown type 0x\(hexadecimal(type, digits: 2)) (PS3.8 §9.3.1)")
        }
        guard length <= kind.maximumLength else {
            throw NetworkError(.limitExceeded, "\(kind.name) of \(length) bytes; at most \(kind.maximumLength) are taken")
        }
        guard bytes.readableBytes >= headerLength + Int(length) else { return nil }
        bytes.moveReaderIndex(forwardBy: headerLength)
        guard var body = bytes.readSlice(length: Int(length)) else { return nil }
        return try decode(kind, from: &body)
    }

    private static func decode(_ kind: Kind, from body: inout ByteBuffer) throws(NetworkError) -> PDU {
        switch kind {
        case .associateRequest: .associateRequest(try AssociateRequest(from: &body))
        case .associateAccept: .associateAccept(try AssociateAccept(from: &body))
        case .associateReject: .associateReject(try AssociateReject(from: &body))
        case .data: .data(try PresentationDataValue.list(from: &body))
        case .releaseRequest: .releaseRequest
        case .releaseResponse: .releaseResponse
        case .abort: .abort(try AbortNotice(from: &body))
        }
    }
}

extension PDU.Kind {
    /// The name in PS3.8.
    var name: String {
        switch self {
        case .associateRequest: "A-ASSOCIATE-RQ"
        case .associateAccept: "A-ASSOCIATE-AC"
        case .associateReject: "A-ASSOCIATE-RJ"
        case .data: "P-DATA-TF"
        case .releaseRequest: "A-RELEASE-RQ"
        case .releaseResponse: "A-RELEASE-RP"
        case .abort: "A-ABORT"
        }
    }

    /// The longest variable field that is taken, in bytes.
    var maximumLength: Int {
        switch self {
        case .associateRequest, .associateAccept: UpperLayerLimits.maximumAssociatePDULength
        case .data: UpperLayerLimits.maximumPDULengthReceived
        case .associateReject, .releaseRequest, .releaseResponse, .abort: UpperLayerLimits.shortPDULength
        }
    }
}

extension PresentationDataValue {
    /// The presentation data value items of a P-DATA-TF, PS3.8 §9.3.5.
    static func list(from body: inout ByteBuffer) throws(NetworkError) -> [PresentationDataValue] {
        var values: [PresentationDataValue] = []
        while body.readableBytes > 0 {
            guard values.count < UpperLayerLimits.maximumDataValues else {
                throw NetworkError(.limitExceeded, "P-DATA-TF with more than \(UpperLayerLimits.maximumDataValues) data values")
            }
            guard let length = body.readInteger(as: UInt32.self), length >= 2, var item = body.readSlice(length: Int(length)),
                let context = item.readInteger(as: UInt8.self), let control = item.readInteger(as: UInt8.self)
            else {
                throw NetworkError(.violation, "P-DATA-TF: a data value's length goes beyond the PDU or below 2 (PS3.8 §9.3.5.1)")
            }
            values.append(
                PresentationDataValue(
                    contextID: context, isCommand: control & 0x01 != 0, isLast: control & 0x02 != 0, fragment: item))
        }
        return values
    }
}

extension AssociateReject {
    init(from body: inout ByteBuffer) throws(NetworkError) {
        guard let fields = body.readBytes(length: UpperLayerLimits.shortPDULength) else {
            throw NetworkError(.violation, "A-ASSOCIATE-RJ shorter than 4 bytes (PS3.8 §9.3.4)")
        }
        self.init(result: fields[1], source: fields[2], reason: fields[3])
    }
}

extension AbortNotice {
    init(from body: inout ByteBuffer) throws(NetworkError) {
        guard let fields = body.readBytes(length: UpperLayerLimits.shortPDULength) else {
            throw NetworkError(.violation, "A-ABORT shorter than 4 bytes (PS3.8 §9.3.8)")
        }
        self.init(source: fields[2], reason: fields[3])
    }
}

/// An unsigned number in upper-case hexadecimal, padded with zeros.
func hexadecimal(_ value: some UnsignedInteger, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
