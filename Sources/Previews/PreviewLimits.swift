public import Migration

/// Bounds of the previews that the coordinator asks for and keeps (law 9); those of their lines are in `LineLimits`.
public enum PreviewLimits {
    /// Images of a study that a person is shown at once at most: an order's.
    public static var imagesOfAStudy: Int { 24 }
    /// Images of a held study that are made before anybody asks.
    static var imagesAhead: Int { 8 }
    /// Images that may be waited for at one time: with their UIDs a megabyte of memory.
    static var wants: Int { 4096 }
    /// Workers that make previews at one time: as many pictures of ``LineProtocol/LineLimits/previewByteCount`` may be in memory.
    static var workersAtOnce: Int { 32 }
    /// Times that a worker is told to make a preview before it is given up.
    static var tries: Int64 { 3 }
    /// How long nothing may come of an order before it is said again: a frame at the codec's own limits takes longer, but hardly on a sound disc.
    static var patience: Interval { .minutes(2) }
    /// How long a preview that never came is not ordered again.
    static var rest: Interval { .minutes(10) }
    /// After how long nobody waits for a picture any more that was asked for and not made.
    static var wantLife: Interval { .minutes(60) }
    /// Studies of which anything is kept: as many folders.
    static var studies: Int { 20_000 }
    /// Up to so many hundredths of ``PreviewPolicy/byteCount``, and of ``studies``, previews are made before anybody asks: those that persons asked for are not pushed out by them.
    static var aheadPercent: Int64 { 75 }
    /// Studies looked at in one step of the upkeep: bounds its time.
    static var studiesOfAStep: Int { 32 }
}
