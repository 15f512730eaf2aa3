internal import DICOM
internal import DICOMNetwork
internal import Migration

extension CStoreDestination {
    public func presence(ofStudy studyInstanceUID: String, series seriesInstanceUIDs: [String]) async throws -> Set<String> {
        let listing = try await listing(of: studyInstanceUID, series: seriesInstanceUIDs, countsMustAgree: true)
        return Set(listing.instances.map(\.sopInstanceUID))
    }

    public func verify(_ study: ExpectedStudy) async throws -> VerificationReport {
        var delay = polling.firstDelay
        let deadline = ContinuousClock.now + polling.total
        while true {
            let listing = try await listing(
                of: study.studyInstanceUID, series: study.instances.map(\.seriesInstanceUID), countsMustAgree: false)
            let report = VerificationReport(listing, expected: study)
            guard !report.missing.isEmpty, ContinuousClock.now + delay <= deadline else { return report }
            try await Task.sleep(for: delay)
            delay = min(delay * 2, polling.longestDelay)
        }
    }

    /// What the destination lists of a study now: rows as they come, on all three levels.
    ///
    /// - Parameter countsMustAgree: Whether a series that lists fewer instances than its own count says is an error.
    func listing(of study: String, series expected: [String], countsMustAgree: Bool) async throws -> StudyListing {
        do {
            return try await Association.with(
                address, proposing: [QueryModel.studyRootFind.proposedContext], timeouts: timeouts, security: security
            ) { association in
                var listing = StudyListing()
                listing.studies = try await association.find(StudyListing.studyQuery(study)).map(StudyListing.StudyRow.init)
                let rows = try await association.find(StudyListing.seriesQuery(study)).map(StudyListing.SeriesRow.init)
                let listed = Set(rows.map(\.seriesInstanceUID))
                guard listed.count <= StudyListing.maximumSeries else {
                    throw DestinationError(
                        .verificationFailed, "\(address.calledAETitle) lists more than \(StudyListing.maximumSeries) series in a study")
                }
                for series in listed.union(expected).sorted() where !series.isEmpty {
                    let instances = try await association.find(StudyListing.imageQuery(study, series: series))
                        .map { StudyListing.InstanceRow($0, askedSeries: series) }
                    if countsMustAgree { try check(instances, against: rows.filter { $0.seriesInstanceUID == series }) }
                    listing.instances += instances
                    guard listing.instances.count <= StudyListing.maximumInstances else {
                        throw DestinationError(
                            .verificationFailed, "\(address.calledAETitle) lists more than \(StudyListing.maximumInstances) instances in a study")
                    }
                }
                return listing
            }
        } catch let error as NetworkError where error.code == .cancelled {
            throw CancellationError()
        } catch {
            throw DestinationError(error, doing: "C-FIND at \(address.calledAETitle)")
        }
    }

    /// A destination that lists fewer instances than it counts has cut its answer. A count alone proves nothing.
    private func check(_ instances: [StudyListing.InstanceRow], against rows: [StudyListing.SeriesRow]) throws {
        let listed = Set(instances.map(\.sopInstanceUID)).count
        guard let counted = rows.compactMap(\.instanceCount).max(), counted > listed else { return }
        throw DestinationError(
            .verificationFailed,
            "\(address.calledAETitle) counts \(counted) instances in a series and lists \(listed): its answer was cut")
    }
}
