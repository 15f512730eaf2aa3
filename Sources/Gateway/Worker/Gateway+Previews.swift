import Holding
import LineProtocol
import Logging
import Migration

/// Previews: made one after the other beside all other work, and said one line at a time.
extension Gateway {
    /// Takes up an order, as far as it is not taken up already.
    func makePreviews(_ instances: InstanceRanges, of study: StagedStudy) {
        let room = LineLimits.previewsPerOrder - min(previewJobs.count, LineLimits.previewsPerOrder)
        let jobs = instances.ranges.lazy.joined().prefix(LineLimits.previewsPerOrder).map { PreviewJob(study: study, position: $0) }
        previewJobs += jobs.filter { [previewJobs] job in !previewJobs.contains(job) }.prefix(room)
        makeNextPreview()
    }

    private func makeNextPreview() {
        guard previewWork == nil, let job = previewJobs.first else { return }
        previewWork = Task(priority: .low) { [previewMaker] in
            // Cancelled with the worker's own end, after which nothing is posted.
            if let lines = try? await previewMaker.lines(for: job) { post(.previewMade(job, lines)) }
        }
    }

    func previewMade(_ job: PreviewJob, _ lines: [PreviewRequest]) {
        previewWork = nil
        // What was dropped meanwhile is not said.
        guard previewJobs.first == job else { return makeNextPreview() }
        tell(.previewMade(lines))
    }

    /// Goes on with the next one; with one of another study when this study's are not wanted any more.
    func previewAnswered(_ isWanted: Bool) {
        guard let done = previewJobs.first else { return }
        previewJobs.removeFirst()
        if !isWanted { previewJobs.removeAll { $0.study == done.study } }
        makeNextPreview()
    }
}
