import LineProtocol

/// A part under work, or whose result the coordinator has not taken yet.
struct PartWork {
    let item: LeaseItem
    let fence: SendFence
    let progress: ProgressCounter
    let task: Task<Void, Never>

    /// Begins `send` as soon as whatever is being sent of the same part under older leases has ended, and lets that start nothing more.
    ///
    /// A lease may expire while its last objects are on their way. Whoever asks the destination before they are there sends them twice.
    static func begin(
        _ item: LeaseItem, _ fence: SendFence, _ progress: ProgressCounter, after others: [PartWork], _ send: @escaping @Sendable () async -> Void
    ) -> PartWork {
        let older = others.filter { $0.item.mediumGrant == item.mediumGrant && $0.item.studyInstanceUID == item.studyInstanceUID }
        for work in older { work.fence.stop() }
        let tasks = older.map(\.task)
        let task = Task {
            for task in tasks { await task.value }
            await send()
        }
        return PartWork(item: item, fence: fence, progress: progress, task: task)
    }
}
