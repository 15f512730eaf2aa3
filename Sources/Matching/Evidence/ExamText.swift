/// What an exam is called, without the side, and the side.
///
/// The sides are written in many ways in one hospital; parted from them, far fewer different texts remain.
struct ExamText: Hashable {
    /// The text in upper case, its words parted by one space, without those that say the side.
    let words: String
    /// `R` or `L`; nil when none is named, or both are.
    let side: Side?
    /// Whether both sides are named.
    let hasBothSides: Bool

    enum Side: Hashable { case right, left }

    init(_ text: String) {
        var words: [Substring] = []
        var (isRight, isLeft) = (false, false)
        let all = text.uppercased().split(whereSeparator: \.isWhitespace)
        for (index, word) in all.enumerated() {
            // L SPINE is the lumbar one.
            let isSpine = index + 1 < all.count && all[index + 1].hasPrefix("SPINE")
            switch isSpine ? nil : Self.side(word) {
            case .right: isRight = true
            case .left: isLeft = true
            case nil: words.append(word)
            }
        }
        self.words = words.joined(separator: " ")
        hasBothSides = isRight && isLeft
        side = hasBothSides ? nil : isRight ? .right : isLeft ? .left : nil
    }

    /// The words one by one, parted by punctuation too; each once.
    static func parts(of words: String) -> [String] {
        Set(words.split { $0.isWhitespace || "/,.".contains($0) }.map(String.init)).sorted()
    }

    /// The side that Laterality (0020,0060) or a word of a description says.
    static func side(_ word: some StringProtocol) -> Side? {
        let bare = word.drop { "().,[]".contains($0) }.reversed().drop { "().,[]".contains($0) }.reversed()
        return sides[String(bare)]
    }

    private static let sides: [String: Side] = [
        "RT": .right, "RIGHT": .right, "R": .right, "우측": .right, "우": .right, "右": .right, "右側": .right, "RECHTS": .right,
        "LT": .left, "LEFT": .left, "L": .left, "좌측": .left, "좌": .left, "左": .left, "左側": .left, "LINKS": .left,
    ]
}
