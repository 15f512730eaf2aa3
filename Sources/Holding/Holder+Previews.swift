import LineProtocol
import Migration

extension Holder {
    /// Says the next line of a preview when the one before it is answered.
    mutating func sayPreview(now: Instant) {
        guard !isPreviewSaid, mayPipeline, let line = preview.first else { return }
        isPreviewSaid = true
        say(.preview(line), now: now)
    }

    /// Goes on with the preview, or ends it: what is refused is given up, and ordered anew where it is wanted still.
    mutating func previewAnswered(_ reply: Reply) {
        isPreviewSaid = false
        guard !preview.isEmpty else { return }
        if case .preview = reply, preview.count > 1 {
            preview.removeFirst()
            return
        }
        preview = []
        let isStale = if case .stale = reply { true } else { false }
        actions.append(.previewAnswered(isWanted: !isStale))
    }

    /// Forgets what was ordered over a connection that is gone: it is ordered anew over the next one.
    mutating func dropPreviews() {
        preview = []
        isPreviewSaid = false
        guard arePreviewsOrdered else { return }
        arePreviewsOrdered = false
        actions.append(.dropPreviews)
    }
}
