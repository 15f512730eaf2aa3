internal import NIOCore

/// A DIMSE command set, PS3.7 §6.3: the elements of group 0000, always Implicit VR Little Endian.
struct CommandSet: Hashable, Sendable {
    /// One element: its number in group 0000 and its value as on the wire, padded to even length.
    private struct Element: Hashable, Sendable {
        let number: UInt16
        var value: [UInt8]
    }

    /// Ascending by number.
    private var elements: [Element] = []

    /// The elements of PS3.7 annex E.1 that we read or write.
    enum Field: UInt16, Sendable {
        case affectedSOPClassUID = 0x0002
        case requestedSOPClassUID = 0x0003
        case commandField = 0x0100
        case messageID = 0x0110
        case messageIDBeingRespondedTo = 0x0120
        case moveDestination = 0x0600
        case priority = 0x0700
        case commandDataSetType = 0x0800
        case status = 0x0900
        case offendingElement = 0x0901
        case errorComment = 0x0902
        case affectedSOPInstanceUID = 0x1000
        case requestedSOPInstanceUID = 0x1001
        case eventTypeID = 0x1002
        case actionTypeID = 0x1008
        case remainingSuboperations = 0x1020
        case completedSuboperations = 0x1021
        case failedSuboperations = 0x1022
        case warningSuboperations = 0x1023
    }

    /// The command fields of PS3.7 annex E.1 that we use; a response is its request with the highest bit set.
    enum Kind: UInt16, Sendable {
        case storeRequest = 0x0001
        case storeResponse = 0x8001
        case getRequest = 0x0010
        case getResponse = 0x8010
        case findRequest = 0x0020
        case findResponse = 0x8020
        case moveRequest = 0x0021
        case moveResponse = 0x8021
        case echoRequest = 0x0030
        case echoResponse = 0x8030
        case eventReportRequest = 0x0100
        case eventReportResponse = 0x8100
        case actionRequest = 0x0130
        case actionResponse = 0x8130
        case cancelRequest = 0x0FFF
    }

    /// Command Data Set Type: this value says that no data set follows (PS3.7 §E.1); any other that one does.
    private static let noDataSet: UInt16 = 0x0101
    private static let someDataSet: UInt16 = 0x0001

    init(_ kind: Kind, hasDataSet: Bool) {
        self.init(field: kind.rawValue, hasDataSet: hasDataSet)
    }

    /// A command by its number in PS3.7 annex E.1, for answers to what we do not know.
    init(field: UInt16, hasDataSet: Bool) {
        self[.commandField] = field
        self[.commandDataSetType] = hasDataSet ? Self.someDataSet : Self.noDataSet
    }

    /// Which command it is, nil for one that we do not use.
    var kind: Kind? { self[.commandField].flatMap(Kind.init(rawValue:)) }

    /// Whether a data set follows. A command without the element, which is wrong, has none.
    var hasDataSet: Bool { (self[.commandDataSetType] ?? Self.noDataSet) != Self.noDataSet }

    /// The status of a response; an absent one is nil.
    var status: DIMSEStatus? { self[.status].map(DIMSEStatus.init(rawValue:)) }

    /// A numeric element, nil when absent or not of two bytes.
    subscript(field: Field) -> UInt16? {
        get {
            guard let value = value(of: field), value.count == 2 else { return nil }
            return UInt16(value[0]) | UInt16(value[1]) << 8
        }
        set { set(field, newValue.map { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }) }
    }

    /// A UID or text element without its padding, nil when absent. UIDs are padded with NUL, an AE title (AE) and a text (LO) with a space
    /// (PS3.5 §6.2).
    subscript(text field: Field) -> String? {
        get {
            guard let value = value(of: field) else { return nil }
            let end = value.lastIndex { $0 != 0 && $0 != 0x20 }.map { $0 + 1 } ?? 0
            return String(decoding: value[..<end], as: UTF8.self)
        }
        set {
            let padding: UInt8 = field == .moveDestination || field == .errorComment ? 0x20 : 0
            set(field, newValue.map { text in Array(text.utf8) + (text.utf8.count % 2 == 0 ? [] : [padding]) })
        }
    }

    private func value(of field: Field) -> [UInt8]? {
        elements.first { $0.number == field.rawValue }?.value
    }

    private mutating func set(_ field: Field, _ value: [UInt8]?) {
        elements.removeAll { $0.number == field.rawValue }
        guard let value else { return }
        let place = elements.firstIndex { $0.number > field.rawValue } ?? elements.endIndex
        elements.insert(Element(number: field.rawValue, value: value), at: place)
    }
}

extension CommandSet {
    /// Parses a whole command set.
    ///
    /// - Throws: `NetworkError.violation` for another group, a length beyond the end, or a missing command field.
    init(from bytes: inout ByteBuffer) throws(NetworkError) {
        while bytes.readableBytes > 0 {
            guard let group = bytes.readInteger(endianness: .little, as: UInt16.self),
                let number = bytes.readInteger(endianness: .little, as: UInt16.self),
                let length = bytes.readInteger(endianness: .little, as: UInt32.self),
                let value = bytes.readBytes(length: Int(length))
            else { throw NetworkError(.violation, "command set: an element goes beyond the end of the command (PS3.7 §6.3)") }
            guard group == 0 else {
                throw NetworkError(.violation, "command set: element of group \(hexadecimal(group, digits: 4)) (PS3.7 §6.3.1)")
            }
            if number != 0 { elements.append(Element(number: number, value: value)) }
        }
        guard self[.commandField] != nil else {
            throw NetworkError(.violation, "command set without Command Field (0000,0100)")
        }
    }

    /// Appends group length and elements.
    func encode(into bytes: inout ByteBuffer) {
        let length = elements.reduce(0) { $0 + 8 + $1.value.count }
        bytes.writeInteger(UInt32(0))
        bytes.writeInteger(UInt32(4), endianness: .little)
        bytes.writeInteger(UInt32(length), endianness: .little)
        for element in elements {
            bytes.writeInteger(UInt16(0))
            bytes.writeInteger(element.number, endianness: .little)
            bytes.writeInteger(UInt32(element.value.count), endianness: .little)
            bytes.writeBytes(element.value)
        }
    }
}
