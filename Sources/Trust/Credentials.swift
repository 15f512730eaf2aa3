/// Which identity a worker shows. After a renewal that is the new one, and the former one is kept until the coordinator has answered the new one: what
/// was renewed wrongly must not lock the worker out.
public struct Credentials: Sendable {
    private enum Standing {
        case proven(Identity)
        /// The new one has not spoken yet. Without a former one there is nothing to fall back to.
        case renewed(new: Identity, former: Identity?, showsFormer: Bool)
    }

    /// What is to be done with the files.
    public enum Settlement: Hashable, Sendable {
        /// The new identity was accepted: it takes the place of the former one.
        case keep(Identity)
        /// The former identity was accepted: the new one is given up.
        case giveUp
    }

    private var standing: Standing

    /// An identity that is not in question.
    public init(_ identity: Identity) { standing = .proven(identity) }

    /// A new identity that is not known to have spoken, and the one before it.
    init(new: Identity, former: Identity?) { standing = .renewed(new: new, former: former, showsFormer: false) }

    /// What is shown on the next connection.
    public var shown: Identity {
        switch standing {
        case .proven(let identity): identity
        case .renewed(let new, let former, let showsFormer): showsFormer ? former ?? new : new
        }
    }

    /// The one with the later end: when that is over, all are.
    public var newest: Identity {
        switch standing {
        case .proven(let identity): identity
        case .renewed(let new, _, _): new
        }
    }

    /// The one that a coordinator has answered before, where there is one.
    public var known: Identity {
        switch standing {
        case .proven(let identity): identity
        case .renewed(let new, let former, _): former ?? new
        }
    }

    /// There is a new identity: it is shown from the next connection on.
    public mutating func renewed(_ new: Identity) {
        switch standing {
        case .proven(let former): standing = .renewed(new: new, former: former, showsFormer: false)
        case .renewed(_, let former, _): standing = .renewed(new: new, former: former, showsFormer: false)
        }
    }

    /// One end did not believe the other with what is shown.
    ///
    /// - Returns: whether there is another identity, which is shown next.
    public mutating func refused() -> Bool {
        guard case .renewed(let new, let former?, let showsFormer) = standing else { return false }
        standing = .renewed(new: new, former: former, showsFormer: !showsFormer)
        return true
    }

    /// The coordinator said that a newer certificate than the one shown has spoken.
    ///
    /// - Returns: whether that can be the worker's own new one, which alone is shown from now on.
    public mutating func superseded() -> Bool {
        guard case .renewed(let new, _?, true) = standing else { return false }
        standing = .renewed(new: new, former: nil, showsFormer: false)
        return true
    }

    /// The coordinator answered `HELLO` over a connection on which ``shown`` was shown.
    ///
    /// - Returns: what that settles; nil when nothing was in question.
    public mutating func accepted() -> Settlement? {
        guard case .renewed(let new, let former, let showsFormer) = standing else { return nil }
        standing = .proven(shown)
        return showsFormer && former != nil ? .giveUp : .keep(new)
    }
}
