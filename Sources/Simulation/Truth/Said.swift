import LineProtocol
import Migration

/// An event as it was said, before a mutant had its hands on it.
enum Said {
    case line(WorkerID, Request)
    case other
}

/// An answer as it leaves.
enum Answered {
    case reply(Reply)
    case other(String?)
}
