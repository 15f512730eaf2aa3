/// The name of a data element: a group and an element number (PS3.5 §7.1). Sorted as elements are in a data set.
public struct Tag: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Group in the upper, element in the lower 16 bits.
    public let rawValue: UInt32

    /// The tag (group,element).
    public init(_ group: UInt16, _ element: UInt16) {
        rawValue = UInt32(group) << 16 | UInt32(element)
    }

    /// The tag whose group is in the upper and whose element is in the lower 16 bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The group number; an odd one is private (PS3.5 §7.8).
    public var group: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 16) }

    /// The element number within its group.
    public var element: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

    /// Whether the element is private (PS3.5 §7.8).
    public var isPrivate: Bool { group & 1 == 1 }

    /// Whether the element names the owner of a block of private elements (PS3.5 §7.8.1).
    public var isPrivateCreator: Bool { isPrivate && (0x10...0xFF).contains(element) }

    /// Whether the element gives the length of its group (PS3.5 §7.2).
    public var isGroupLength: Bool { element == 0 }

    /// By group, then by element.
    public static func < (left: Tag, right: Tag) -> Bool { left.rawValue < right.rawValue }

    /// As the standard writes it: `(0008,0050)`, hexadecimal digits in upper case.
    public var description: String { "(\(Self.hexadecimal(group)),\(Self.hexadecimal(element)))" }

    /// Eight hexadecimal digits in upper case.
    public var digits: String { Self.hexadecimal(group) + Self.hexadecimal(element) }

    private static func hexadecimal(_ number: UInt16) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
