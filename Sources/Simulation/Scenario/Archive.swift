import LineProtocol
import Migration

/// The discs of a hospital, its orders, and what is odd about them.
struct Archive {
    private(set) var discs: [Disc] = []
    private(set) var studies: [StudyPlan] = []
    private(set) var imports: [(at: Int64, orders: [Order])] = []
    private(set) var foreign: [ForeignObject] = []
    private(set) var chance: Chance
    private let size: Scenario.Size
    private let safety: Int64

    init(size: Scenario.Size, safety: Int64, chance: Chance) {
        self.size = size
        self.safety = safety
        self.chance = chance
    }

    mutating func fill() {
        for number in 1...chance.number(size.discs) {
            discs.append(Disc(expected: ExpectedMedium(label: "D\(number)", kind: .cd), fingerprint: digest("disc \(number)")))
        }
        for number in 1...chance.number(size.studies) { add(number) }
        addCopies()
        damage()
    }

    // MARK: Studies

    /// What is odd about a study.
    private enum Oddity {
        case none, uncorroborated, contradiction, noOrder, patientUnknown, severalOrders, competing, uidConflict, twoPatients, accessionTwoPatients,
            oldCharacterSet, presentBefore
    }

    private mutating func oddity() -> Oddity {
        guard chance.happens(550) else { return .none }
        return chance.one(of: [
            .uncorroborated, .uncorroborated, .contradiction, .noOrder, .patientUnknown, .severalOrders, .competing, .competing, .uidConflict,
            .twoPatients, .accessionTwoPatients, .oldCharacterSet, .oldCharacterSet, .presentBefore,
        ])
    }

    private mutating func add(_ number: Int) {
        // Each has a birth date of its own: one letter tells their names apart.
        let birthDate = 19_610_000 + (1 + number / 28 % 12) * 100 + 1 + number % 28
        let patient = PatientIdentity(
            patientID: Identifying("P\(number)"), name: Identifying("Doe^\(letters(number))"), birthDate: Identifying("\(birthDate)"), sex: "F")
        let day = "200\(chance.number(0...3))02\(chance.number(10...28))"
        let modality = chance.one(of: ["CT", "MR", "US", "CR"])
        let header = StudyHeader(studyInstanceUID: "1.9.\(number)", patient: patient, studyDate: day, modalities: [modality])
        let order = Order(patient: patient, accessionNumber: "A\(number)", examDate: CalendarDate(day), modality: modality)
        var plan = StudyPlan(uid: header.studyInstanceUID)
        plan.accessions = [order.accessionNumber]
        spread(header, over: 1...(chance.happens(300) ? 2 : 1))
        apply(oddity(), to: &plan, header, order)
        studies.append(plan)
    }

    private mutating func apply(_ oddity: Oddity, to plan: inout StudyPlan, _ header: StudyHeader, _ order: Order) {
        var orders = [order]
        switch oddity {
        case .none: break
        case .uncorroborated:
            orders[0].patient.name = ""
            orders[0].patient.birthDate = ""
        case .contradiction:
            orders[0].patient.birthDate = "19990101"
            plan.mayBeHeld = [.contradiction]
        case .noOrder:
            orders[0].examDate = CalendarDate("19990909")
            plan.mayBeHeld = [.noOrder]
        case .patientUnknown:
            orders = []
            plan.accessions = []
            plan.mayBeHeld = [.patientUnknown]
        case .severalOrders:
            orders.append(order)
            orders[1].accessionNumber += "B"
            plan.accessions.append(orders[1].accessionNumber)
            plan.mayBeHeld = [.severalOrders]
        case .competing: compete(&plan, header)
        case .uidConflict: conflict(&plan, header)
        case .twoPatients: doublePatient(&plan, header)
        case .accessionTwoPatients:
            orders.append(order)
            orders[1].patient.patientID = Identifying(order.patient.patientID.reveal() + "X")
            plan.mayBeHeld = [.accessionTwoPatients]
        case .oldCharacterSet:
            plan.hasOldCharacterSet = true
            plan.mayBeHeld = [.characterSet]
        case .presentBefore: addForeign(&plan, header, order)
        }
        importLater(orders)
    }

    /// Another study of the patient, day and modality: both claim the order.
    private mutating func compete(_ plan: inout StudyPlan, _ header: StudyHeader) {
        var other = header
        other.studyInstanceUID += ".1"
        spread(other, over: 1...1)
        plan.mayBeHeld = [.competingStudies]
        var rival = plan
        rival.uid = other.studyInstanceUID
        studies.append(rival)
    }

    /// One of its instances again, on some disc, with another content.
    private mutating func conflict(_ plan: inout StudyPlan, _ header: StudyHeader) {
        plan.mayBeHeld = [.uidConflict]
        put(header, [instance(header.studyInstanceUID, 1, content: "other", path: "OTHER/1")], on: chance.number(0...(discs.count - 1)))
    }

    private mutating func doublePatient(_ plan: inout StudyPlan, _ header: StudyHeader) {
        plan.mayBeHeld = [.studyTwoPatients, .patientUnknown]
        var other = header
        other.patient.patientID = Identifying(header.patient.patientID.reveal() + "Y")
        put(other, [instance(header.studyInstanceUID, 900)], on: chance.number(0...(discs.count - 1)))
    }

    /// Its first instance lies at the destination already: as it would be sent, or another object under its UID.
    private mutating func addForeign(_ plan: inout StudyPlan, _ header: StudyHeader, _ order: Order) {
        let same = instance(header.studyInstanceUID, 1)
        let isSame = chance.happens(400)
        plan.mayFail = [.presentBefore]
        foreign.append(
            ForeignObject(
                sopInstanceUID: same.sopInstanceUID,
                object: StoredObject(
                    content: isSame ? same.contentDigest : digest("somebody else's"), patientID: order.patient.patientID.reveal(),
                    accessionNumber: order.accessionNumber, study: header.studyInstanceUID, series: same.seriesInstanceUID)))
    }

    private mutating func importLater(_ orders: [Order]) {
        for (place, order) in orders.enumerated() {
            // What contradicts the first order comes after something was sent, often.
            let isLate = chance.happens(place == 0 ? 250 : 600)
            imports.append((isLate ? Int64(chance.number(0...Int(safety))) : 0, [order]))
        }
    }

    // MARK: Discs

    /// Puts a study's instances on so many discs; of two discs the second may repeat some of the first's.
    private mutating func spread(_ header: StudyHeader, over count: ClosedRange<Int>) {
        let instances = (1...chance.number(size.instances)).map { instance(header.studyInstanceUID, $0) }
        let places = chance.shuffled(Array(discs.indices))
        guard chance.number(count) == 2, places.count > 1 else { return put(header, instances, on: places[0]) }
        let cut = chance.number(0...instances.count)
        let overlap = chance.number(0...cut)
        put(header, Array(instances[..<cut]), on: places[0])
        put(header, Array(instances[overlap...]), on: places[1])
    }

    private func put(_ header: StudyHeader, _ instances: [InstanceRecord], on place: Int) {
        guard !instances.isEmpty else { return }
        discs[place].studies.append(StudyInventory(header: header, instances: instances))
    }

    /// Copies of discs, declared as such: with the same fingerprint, or burnt anew.
    private mutating func addCopies() {
        guard chance.happens(200), let original = discs.first else { return }
        let expected = ExpectedMedium(label: original.label + "-COPY", kind: .cd, copyOf: original.label)
        let copy = Disc(expected: expected, fingerprint: chance.happens(600) ? original.fingerprint : digest("copy"))
        copy.studies = original.studies
        discs.append(copy)
    }

    private mutating func damage() {
        for disc in discs where chance.happens(150) {
            for study in disc.studies {
                for instance in study.instances where chance.happens(300) {
                    let isLasting = chance.happens(500)
                    disc.damage[instance.path] = isLasting ? Disc.lastingDamage : Disc.passingDamage
                    let place = studies.firstIndex { $0.uid == study.header.studyInstanceUID }
                    if isLasting, let place { studies[place].mayBeHeld.insert(.incomplete) }
                }
            }
        }
    }

    private func instance(_ study: String, _ number: Int, content: String = "", path: String? = nil) -> InstanceRecord {
        let uid = "\(study).1.\(number)"
        return InstanceRecord(
            sopInstanceUID: uid, sopClassUID: "1.2.840.10008.5.1.4.1.1.2", seriesInstanceUID: "\(study).1",
            transferSyntaxUID: "1.2.840.10008.1.2.1", sha256: digest("file " + uid + content), contentDigest: digest(uid + content), byteCount: 1000,
            path: path ?? "\(study)/\(number)")
    }

    private func letters(_ number: Int) -> String {
        String(String(number).utf8.map { Character(UnicodeScalar(UInt8(ascii: "A") + $0 - UInt8(ascii: "0"))) })
    }
}
