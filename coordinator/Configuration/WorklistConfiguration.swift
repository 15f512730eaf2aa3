import ConfigurationFile
import Migration
import Orders
import Terminal

/// Files in PEM form with which we connect to an application entity.
struct TLSFiles: Hashable, Sendable {
    var authority: String?
    var certificate: String?
    var key: String?
}

/// What coordinator.yaml says of the modality worklist.
struct WorklistConfiguration: Hashable, Sendable {
    /// `dicom://CALLED@host:port?calling=AET`, or `dicoms://`.
    var address: String
    /// How often it is asked by itself; nil: when an operator asks only.
    var every: Interval?
    /// The days that are asked for, counted from today.
    var days = -1...7
    var tls = TLSFiles()

    /// More often a worklist does little else; less often than a day orders come after their exams.
    static var everyRange: ClosedRange<Interval> { .minutes(1)...(.minutes(24 * 60)) }
    /// Days before and after today: a worklist is for what is scheduled, not for the past.
    static var dayRange: ClosedRange<Int> { 0...366 }

    /// What is asked.
    func worklist() throws(CommandFailure) -> Worklist {
        do throws(WorklistError) {
            return try Worklist(address: address, authorityPath: tls.authority, certificatePath: tls.certificate, keyPath: tls.key)
        } catch {
            throw CommandFailure(.usage, error.message)
        }
    }
}

extension CoordinatorConfiguration {
    mutating func readWorklist(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let range = WorklistConfiguration.everyRange
        let address = try section.value("address", "an address dicom://CALLED@host:port?calling=AET") { $0 }
        let every = try section.value("every", Self.phrase(range), Self.interval(range))
        let back = try section.number("days-back", WorklistConfiguration.dayRange)
        let ahead = try section.number("days-ahead", WorklistConfiguration.dayRange)
        let tls = try readTLSFiles(section.section("tls"))
        try section.finish()
        guard let address else {
            if every != nil { throw section.contradiction("every", "says how often to ask, but worklist.address is missing") }
            return
        }
        if let fault = DestinationAddress.fault(in: address) { throw section.contradiction("address", fault) }
        var worklist = WorklistConfiguration(address: address, every: every, tls: tls)
        worklist.days = -(back ?? -worklist.days.lowerBound)...(ahead ?? worklist.days.upperBound)
        self.worklist = worklist
    }

    func readTLSFiles(_ section: ConfigurationSection?) throws(ConfigurationError) -> TLSFiles {
        guard var section else { return TLSFiles() }
        let file = "a PEM file"
        let tls = TLSFiles(
            authority: try section.value("authority", file, path), certificate: try section.value("certificate", file, path),
            key: try section.value("key", file, path))
        try section.finish()
        return tls
    }
}
