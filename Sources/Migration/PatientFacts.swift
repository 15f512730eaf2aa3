/// The columns that matching compares, of the studies and orders under one patient ID: what a walk over a whole ledger gives for each.
///
/// Values of text lie side by side in memory that the next patient uses again, so that a walk makes no string where bytes will do.
public struct PatientFacts: Sendable {
    /// Whether the patient ID has no character but spaces. Such studies have nothing to do with each other.
    public private(set) var isBlank = false
    /// The patient ID, without spaces around it.
    public private(set) var patientID = FactText(start: 0, end: 0)
    /// The studies under the patient ID.
    public private(set) var studies: [StudyFacts] = []
    /// Those of the orders under the patient ID whose day is that of one of the studies, in the order of their days.
    public private(set) var orders: [OrderFacts] = []
    /// The issuers of all orders under the patient ID, without spaces around them; each once.
    public private(set) var issuers: [FactText] = []
    private var bytes: [UInt8] = []
    /// The days of the studies, in their order.
    private var days: [CalendarDate] = []

    /// Studies, and orders of their days, that one patient ID may have: the ID under which all tests of a large archive were made has some ten thousand.
    /// Each of those studies is compared with each of those orders at worst, and it is a minute's work then.
    public static var rowLimit: Int { 1 << 18 }
    /// Different issuers that the orders of one patient ID may have.
    public static var issuerLimit: Int { 1000 }
    /// Bytes of text that may be noted for one patient ID.
    public static var byteLimit: Int { 64 << 20 }

    /// What is too much of the patient ID at hand, in words; nil while nothing is.
    public var excess: String? {
        if studies.count + orders.count > Self.rowLimit { return "more than \(Self.rowLimit) studies and orders of their days" }
        if issuers.count > Self.issuerLimit { return "orders of more than \(Self.issuerLimit) issuers" }
        if bytes.count > Self.byteLimit { return "more than \(Self.byteLimit) bytes of names and other values" }
        return nil
    }

    /// No patient yet.
    public init() {}

    /// Begins with the next patient ID: what was noted is forgotten.
    public mutating func begin(_ patientID: UnsafeRawBufferPointer) {
        studies.removeAll(keepingCapacity: true)
        orders.removeAll(keepingCapacity: true)
        issuers.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        days.removeAll(keepingCapacity: true)
        self.patientID = noteTrimmed(patientID)
        isBlank = self.patientID.isEmpty
    }

    /// Notes a text, in UTF-8.
    public mutating func note(_ text: UnsafeRawBufferPointer) -> FactText {
        let start = Int32(bytes.count)
        bytes.append(contentsOf: text)
        return FactText(start: start, end: Int32(bytes.count))
    }

    /// Notes a text without the spaces around it.
    public mutating func noteTrimmed(_ text: UnsafeRawBufferPointer) -> FactText { note(text.trimmed) }

    /// Adds a study.
    public mutating func add(_ study: StudyFacts) {
        studies.append(study)
        if let day = study.day { days.append(day) }
    }

    /// Says that all studies were added: orders come now.
    public mutating func endStudies() { days.sort() }

    /// Whether one of the studies is of `day`.
    public func hasStudy(on day: CalendarDate) -> Bool {
        let index = days.place { $0 < day }
        return index < days.endIndex && days[index] == day
    }

    /// Adds an order of the day of one of the studies.
    public mutating func add(_ order: OrderFacts) { orders.append(order) }

    /// Says that all orders were added: they are put in the order of their days.
    public mutating func endOrders() { orders.sort { $0.day < $1.day } }

    /// The places of the orders of `day`.
    public func orders(of day: CalendarDate?) -> Range<Int> {
        guard let day else { return 0..<0 }
        let first = orders.place { $0.day < day }
        return first..<(orders[first...].firstIndex { $0.day != day } ?? orders.endIndex)
    }

    /// Notes the issuer of an order, without the spaces around it; where the text that is noted for it stands.
    public mutating func noteIssuer(_ text: UnsafeRawBufferPointer) -> FactText {
        let trimmed = text.trimmed
        if let known = issuers.first(where: { issuer in withBytes(of: issuer) { $0.holdsSame(as: trimmed) } }) { return known }
        let issuer = note(trimmed)
        issuers.append(issuer)
        return issuer
    }

    /// The bytes of `text`, valid within `body`.
    public func withBytes<Result>(of text: FactText, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[Int(text.start)..<Int(text.end)])) }
    }

    /// `text` as a string.
    public func string(_ text: FactText) -> String { withBytes(of: text) { String(decoding: $0, as: UTF8.self) } }

    /// Whether two texts are the same, byte for byte.
    public func isSame(_ left: FactText, _ right: FactText) -> Bool {
        left == right || withBytes(of: left) { left in withBytes(of: right) { left.holdsSame(as: $0) } }
    }
}

/// Where a text of ``PatientFacts`` stands.
public struct FactText: Hashable, Sendable {
    let start: Int32
    let end: Int32

    /// Whether the text has no byte.
    public var isEmpty: Bool { start == end }
}

/// What matching compares of a study.
public struct StudyFacts: Hashable, Sendable {
    /// Whether it was not read yet: the legacy index lists it.
    public var isLegacy: Bool
    /// The Study Date; nil when there is none that is a day.
    public var day: CalendarDate?
    /// The issuer of its patient ID, without spaces around it.
    public var issuer: FactText
    /// Its modalities, parted by backslashes (PS3.5 §6.2).
    public var modalities: FactText
    /// Name, birth date and sex.
    public var identity: IdentityFacts

    /// A study of these values.
    public init(isLegacy: Bool, day: CalendarDate?, issuer: FactText, modalities: FactText, identity: IdentityFacts) {
        self.isLegacy = isLegacy
        self.day = day
        self.issuer = issuer
        self.modalities = modalities
        self.identity = identity
    }
}

/// What matching compares of an order.
public struct OrderFacts: Hashable, Sendable {
    /// The day of the exam.
    public var day: CalendarDate
    /// Whether it was cancelled.
    public var isCancelled: Bool
    /// The issuer of its patient ID, without spaces around it.
    public var issuer: FactText
    /// The hospital's modality code.
    public var modality: FactText
    /// Name, birth date and sex.
    public var identity: IdentityFacts

    /// An order of these values.
    public init(day: CalendarDate, isCancelled: Bool, issuer: FactText, modality: FactText, identity: IdentityFacts) {
        self.day = day
        self.isCancelled = isCancelled
        self.issuer = issuer
        self.modality = modality
        self.identity = identity
    }
}

/// What may contradict an order (law 13).
public struct IdentityFacts: Hashable, Sendable {
    /// Patient's Name (0010,0010).
    public var name: FactText
    /// Patient's Birth Date (0010,0030).
    public var birthDate: FactText
    /// Patient's Sex (0010,0040).
    public var sex: FactText

    /// An identity of these values.
    public init(name: FactText, birthDate: FactText, sex: FactText) {
        self.name = name
        self.birthDate = birthDate
        self.sex = sex
    }
}

extension Array {
    /// The first place whose element is not `before`; those that are come first.
    fileprivate func place(_ before: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if before(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes without the spaces at their ends, which do not count in LO (PS3.5 §6.2).
    fileprivate var trimmed: UnsafeRawBufferPointer {
        var (start, end) = (startIndex, endIndex)
        while start < end, self[start] == UInt8(ascii: " ") { start += 1 }
        while end > start, self[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[start..<end])
    }
}
