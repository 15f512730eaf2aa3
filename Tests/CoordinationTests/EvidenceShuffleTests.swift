import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("With evidence, too, no outcome depends on which disc was read first (law 13)")
struct EvidenceShuffleTests {
    /// A disc, whose label in the media list has the days of its studies.
    private struct Disc {
        var label: String
        var studies: [StudyInventory] = []

        var medium: ExpectedMedium {
            let dates = studies.compactMap(\.header.date)
            return ExpectedMedium(label: label, kind: label < "E" ? .cd : .dlt, dateFrom: dates.min(), dateTo: dates.max())
        }
    }

    /// Patients with several exams on neighbouring days: some of them split, lost, never ordered, misspelt, in another modality, across midnight, or described
    /// by words that say little. Their studies lie on six discs, some on two: the part on one of these has as many images as another exam has.
    private struct Archive {
        private(set) var discs = ["A", "B", "C", "D", "E", "F"].map { Disc(label: $0) }
        private(set) var orders: [Order] = []
        private var numbers: SeededNumbers
        private var studies = 0

        /// By the words for an exam: how many images it has.
        static let images = ["CXR": 2, "SKULL": 4, "KUB": 2, "PNS": 4]
        private static let procedures = [("CXR", "Chest PA"), ("SKULL", "Skull AP"), ("KUB", "Abdomen"), ("PNS", "PNS series")]
        /// All have one name; the last two one birth date as well.
        private static func birthDate(_ patient: String) -> String { "1960010\(patient.hasSuffix("8") ? "7" : patient.suffix(1))" }
        private static let days = ["20030210", "20030211", "20030214"]

        init(seed: UInt64) {
            numbers = SeededNumbers(state: seed)
            for patient in 1...8 { add(patient: "000\(patient)") }
        }

        private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &numbers) < percent }

        private mutating func add(patient: String) {
            for exam in 0..<Int.random(in: 1...4, using: &numbers) {
                let (words, procedure) = Self.procedures[Int.random(in: 0..<4, using: &numbers)]
                let day = Int.random(in: 0..<3, using: &numbers)
                let hour = Int.random(in: 8...23, using: &numbers)
                if !chance(10) { order("\(patient)-\(exam)", procedure, patient, Self.days[day], hour) }
                for _ in 0..<(chance(15) ? 0 : chance(15) ? 2 : 1) { study(words, patient, Self.days[day], hour) }
            }
        }

        private mutating func order(_ accession: String, _ procedure: String, _ patient: String, _ day: String, _ hour: Int) {
            var order = Bench.order(accession, patient: patient, name: chance(10) ? "" : "Kim^Chulsoo", birthDate: Self.birthDate(patient), date: day)
            order.procedureDescription = procedure
            if !chance(20) { order.examTime = "\(hour < 10 ? "0" : "")\(hour)5500" }
            orders.append(order)
        }

        private mutating func study(_ words: String, _ patient: String, _ day: String, _ hour: Int) {
            studies += 1
            let isLate = hour == 23 && day == Self.days[0]
            var study = Bench.study(
                "5.\(studies)", patient: chance(15) ? String(patient.last ?? " ") : patient, name: chance(10) ? "" : "Kim^Chulsoo", birthDate: Self.birthDate(patient),
                date: isLate ? Self.days[1] : day, modality: chance(10) ? "OT" : "CT", instances: 2)
            study.header.studyTime = isLate ? "001000" : "\(hour < 10 ? "0" : "")\(hour)5900"
            study.header.studyDescription = chance(15) ? "ROUTINE" : words
            put(study)
            guard Self.images[words] == 4 else { return }
            study.instances = Bench.study(study.header.studyInstanceUID, instances: 2, from: 3).instances
            put(study)
        }

        private mutating func put(_ study: StudyInventory) {
            let disc = Int.random(in: discs.indices, using: &numbers)
            if let place = discs[disc].studies.firstIndex(where: { $0.header.studyInstanceUID == study.header.studyInstanceUID }) {
                discs[disc].studies[place].instances += study.instances
            } else {
                discs[disc].studies.append(study)
            }
        }
    }

    private static let configuration = Result { try EvidenceTests.configuration(images: Archive.images) }

    /// What became of each study when the discs were read in this order, and what could be sent was sent after each.
    private static func outcomes(_ archive: Archive, _ discs: [Disc], _ configuration: MigrationConfiguration) throws -> [String] {
        var bench = try Bench(configuration)
        bench.act(.importMedia(archive.discs.map(\.medium)))
        bench.act(.importOrders(archive.orders))
        let worker = bench.enrol("gateway1")
        for disc in discs {
            bench.read(disc.label, disc.studies, by: worker)
            bench.tick()
            bench.sendAll(worker)
        }
        let rows = try bench.ledger.read { try $0.studies(StudyFilter(), page: Page()) }
        return rows.map { row in
            let study = row.study
            let accession = study.reservedAccession == nil ? study.plan?.accessionNumber ?? "" : "reserved"
            return [
                study.header.studyInstanceUID, study.outcome?.rawValue ?? "", study.progress.state.rawValue, study.holdReason?.rawValue ?? "", accession,
                "\(study.flags)",
            ].joined(separator: " | ")
        }.sorted()
    }

    @Test("The archives hold what they were made for")
    func kinds() throws {
        let configuration = try Self.configuration.get()
        let found = try (1...12).flatMap { try Self.outcomes(Archive(seed: $0), Archive(seed: $0).discs, configuration) }.joined(separator: "\n")
        for word in ["matched | verified", "doubtful-match", "several-orders", "competing-studies", "patient-unknown", "namesake", "| verified |  | reserved"] {
            #expect(found.contains(word), "\(word) is missing")
        }
    }

    @Test("The number of images settles studies that their words do not")
    func imagesSpeak() throws {
        func settled(_ configuration: MigrationConfiguration) throws -> Int {
            try (1...12).flatMap { try Self.outcomes(Archive(seed: $0), Archive(seed: $0).discs, configuration) }.count { $0.contains("matched | verified") }
        }
        #expect(try settled(Self.configuration.get()) > settled(EvidenceTests.configuration()))
    }

    /// Policies that are others for tapes, and for one disc: some studies lie on media of two of them.
    private static let policies = Policies(sources: [
        SourcePolicy(label: "A", outcomes: [.matched: .exclude, .manualMatch: .exclude]), SourcePolicy(kind: .dlt, outcomes: [.matched: .hold, .examLevelFailed: .exclude]),
        SourcePolicy(label: "B", outcomes: [.examLevelFailed: .hold]),
    ])

    @Test("So it is where policies are others for some media", arguments: 1...20)
    func anyOrderByPolicies(seed: UInt64) throws {
        var configuration = try Self.configuration.get()
        configuration.policies = Self.policies
        try expectSame(seed, configuration)
    }

    @Test("The archives hold what policies differ in")
    func policyKinds() throws {
        var configuration = try Self.configuration.get()
        configuration.policies = Self.policies
        let found = try (1...20).flatMap { try Self.outcomes(Archive(seed: $0), Archive(seed: $0).discs, configuration) }.joined(separator: "\n")
        for word in ["matched | verified", "matched | excluded", "held-by-policy", "exam level failed | excluded", "manual match | excluded", "exam level failed | held | no-order"] {
            #expect(found.contains(word), "\(word) is missing")
        }
    }

    @Test("The discs of an archive in five orders end in the same states", arguments: 1...40)
    func anyOrder(seed: UInt64) throws { try expectSame(seed, Self.configuration.get()) }

    private func expectSame(_ seed: UInt64, _ configuration: MigrationConfiguration) throws {
        let archive = Archive(seed: seed)
        let expected = try Self.outcomes(archive, archive.discs, configuration)
        var numbers = SeededNumbers(state: seed)
        for _ in 1...4 {
            let discs = archive.discs.shuffled(using: &numbers)
            let found = try Self.outcomes(archive, discs, configuration)
            #expect(found.count == expected.count)
            for (one, other) in zip(found, expected) where one != other {
                Issue.record("seed \(seed), \(discs.map(\.label)): \(one) instead of \(other)")
            }
        }
    }
}
