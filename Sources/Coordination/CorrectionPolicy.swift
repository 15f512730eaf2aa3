public import Migration

/// What becomes of studies that were sent, and whose patient was merged or is called otherwise since.
public struct CorrectionPolicy: Hashable, Sendable {
    /// What a person may let be done at the destination.
    public var profile: CorrectionProfile
    /// How often the destination is asked.
    public var every: Interval
    /// How long the destination's own correction is awaited before a person is to decide.
    public var wait: Interval

    /// Asked twelve times an hour; a hospital's systems carry a merge out within a day.
    public init(profile: CorrectionProfile = .await, every: Interval = .minutes(5), wait: Interval = .minutes(24 * 60)) {
        self.profile = profile
        self.every = every
        self.wait = wait
    }
}

/// How a destination is corrected.
public enum CorrectionProfile: String, Hashable, Sendable, CaseIterable {
    /// By itself alone: it hears of merges as we do.
    case await
    /// On a person's approval the study is deleted there and sent again.
    case deleteAndSendAgain = "delete-and-send-again"
    /// On a person's approval a note rejects there what it has of the study (IHE Imaging Object Change Management), and the study is sent as other objects.
    case rejectAndSendAgain = "reject-and-send-again"
}
