internal import Migration

/// Orders (ORM^O01, HL7 v2.5 §4.4.1; OMI^O23, HL7 v2.9 §4.4.12): each begins with an ORC.
extension HL7Reader {
    /// What the message says of each of its orders.
    func orders(_ message: HL7Message) throws(HL7Fault) -> [HospitalNotice] {
        let patient = try patient(try required("PID", in: message))
        let starts = message.segments.indices.filter { message.segments[$0].name == "ORC" }
        guard let first = starts.first else { throw HL7Fault(.requiredField, at: .init("ORC"), "the segment is missing") }
        var notices: [HospitalNotice] = []
        for (start, end) in zip(starts, starts.dropFirst() + [message.segments.endIndex]) {
            let part = OrderPart(
                common: Array(message.segments[..<first]), own: Array(message.segments[start..<end]), orc: message.segments[start])
            notices += try orders(part, of: patient)
        }
        return notices
    }

    /// The orders of one part: procedure steps (IPC) with accession numbers of their own are orders of their own, those with one are one.
    private func orders(_ part: OrderPart, of patient: IdentityNotice) throws(HL7Fault) -> [HospitalNotice] {
        let requests = part.own.filter { $0.name == "OBR" }
        if requests.count > 1 { throw HL7Fault(.segmentSequence, at: requests[1].place(), "a second request without an ORC of its own") }
        if let cancel = try cancel(part, of: patient) { return [.cancel(cancel)] }
        let steps = part.own.filter { $0.name == "IPC" }
        var notices: [OrderNotice] = []
        for step in steps.isEmpty ? [nil] : steps.map(Optional.some) {
            let notice = try order(part.with(step: step), of: patient)
            guard let place = notices.firstIndex(where: { $0.accessionNumber == notice.accessionNumber }) else {
                notices.append(notice)
                continue
            }
            if notice.goesBefore(notices[place]) { notices[place] = notice }
        }
        return notices.map { .order($0) }
    }

    /// A cancel that names the order by its placer's or filler's number alone; nil: it names an accession number, or cancels nothing.
    private func cancel(_ part: OrderPart, of patient: IdentityNotice) throws(HL7Fault) -> OrderCancel? {
        guard case .unsaid = try part.found(conventions.accessionNumber).value, case .value(let status) = try status(part), Order.isCancelled(status: status)
        else { return nil }
        let numbers = try numbers(part)
        return numbers.isEmpty ? nil : OrderCancel(patient: patient.key, numbers: numbers, status: status)
    }

    /// The placer's number (ORC-2, or else OBR-2) and the filler's (ORC-3, OBR-3), with their authorities.
    private func numbers(_ part: OrderPart) throws(HL7Fault) -> [String] {
        var numbers: [String] = []
        for (kind, field) in [("P", 2), ("F", 3)] {
            for segment in ["ORC", "OBR"] {
                guard case .value(let number) = try part.value(segment, field, 1), (1...HL7Limits.orderNumber).contains(number.utf8.count) else { continue }
                let authority: String = if case .value(let text) = try part.value(segment, field, 2) { text } else { "" }
                numbers.append("\(kind) \(number)^\(authority.prefix(HL7Limits.orderNumber))")
                break
            }
        }
        return numbers
    }

    private func order(_ part: OrderPart, of patient: IdentityNotice) throws(HL7Fault) -> OrderNotice {
        var notice = OrderNotice(patient: patient, accessionNumber: try accessionNumber(part))
        notice.studyInstanceUID = try studyInstanceUID(part)
        (notice.examDate, notice.examTime) = try moment(part)
        let modality = try part.found(conventions.modality)
        notice.modality = try value(modality.value, limit: TableLimits.longString, at: modality.place)
        notice.procedureCode = words(try part.value("OBR", 4, 1))
        notice.procedureDescription = words(try part.value("OBR", 4, 2))
        let department = words(try part.value("ORC", 17, 2))
        notice.department = department == .unsaid ? words(try part.value("ORC", 17, 1)) : department
        notice.status = try status(part)
        notice.numbers = try numbers(part)
        return notice
    }

    private func accessionNumber(_ part: OrderPart) throws(HL7Fault) -> String {
        let found = try part.found(conventions.accessionNumber)
        guard case .value(let text) = try value(found.value, limit: TableLimits.shortString, at: found.place) else {
            let places = conventions.accessionNumber.map { "\($0.segment)-\($0.field)" }.joined(separator: " or ")
            throw HL7Fault(.requiredField, at: found.place, "there is no accession number in \(places)")
        }
        return text
    }

    private func studyInstanceUID(_ part: OrderPart) throws(HL7Fault) -> Stated<String> {
        let found = try part.found(conventions.studyInstanceUID)
        if case .value(let text) = found.value, !ValueRule.isUID(text) {
            throw HL7Fault(.dataType, at: found.place, "is no UID: digits and dots, at most \(TableLimits.uid)")
        }
        return found.value
    }

    /// Day and time of the exam, as they are written: a zone is the hospital's own.
    private func moment(_ part: OrderPart) throws(HL7Fault) -> (Stated<CalendarDate>, Stated<String>) {
        let found = try part.found(conventions.examDate)
        switch found.value {
        case .unsaid: return (.unsaid, .unsaid)
        case .none: return (.none, .none)
        case .value(let text):
            guard let moment = HL7Moment(text) else { throw HL7Fault(.dataType, at: found.place, "is no date and time of the form YYYYMMDDHHMMSS") }
            return (.value(moment.day), moment.time.map { .value($0) } ?? .none)
        }
    }

    private func status(_ part: OrderPart) throws(HL7Fault) -> Stated<String> {
        guard case .value(let control) = try part.value("ORC", 1, 1) else {
            throw HL7Fault(.requiredField, at: part.orc.place(1), "the order has no control code")
        }
        let told = try value(try part.value("ORC", 5, 1), limit: TableLimits.longString, at: part.orc.place(5))
        guard let status = HL7OrderControl.status(control: control, status: told) else {
            throw HL7Fault(.tableValue, at: part.orc.place(1), "a control code that changes no order (docs/hl7.md)")
        }
        return status
    }
}

/// The segments that say something of one order.
struct OrderPart {
    /// Those before the first order, which are about all of them.
    let common: [HL7Segment]
    /// Those from its ORC to the next.
    var own: [HL7Segment]
    let orc: HL7Segment

    /// The part as one of its procedure steps has it.
    func with(step: HL7Segment?) -> OrderPart {
        guard let step else { return self }
        var part = self
        part.own.removeAll { $0.name == "IPC" && $0.number != step.number }
        return part
    }

    /// The first value that one of `paths` leads to, and where it stands; unsaid at the last of them.
    func found(_ paths: [HL7Path]) throws(HL7Fault) -> (value: Stated<String>, place: HL7Fault.Place) {
        var place = HL7Fault.Place("OBR")
        for path in paths {
            guard let segment = segment(path.segment) else {
                place = HL7Fault.Place(path.segment, field: path.field)
                continue
            }
            place = segment.place(path.field)
            let value = try value(path.segment, path.field, path.component)
            if value != .unsaid { return (value, place) }
        }
        return (.unsaid, place)
    }

    /// A component of a field's first repetition.
    func value(_ segment: String, _ field: Int, _ component: Int) throws(HL7Fault) -> Stated<String> {
        try self.segment(segment)?.first(field)?[component] ?? .unsaid
    }

    private func segment(_ name: String) -> HL7Segment? { own.first { $0.name == name } ?? common.first { $0.name == name } }
}
