import Simulation

/// Seeds that are played one after the other.
struct Block: Sendable {
    let first: UInt64
    let count: UInt64

    var seeds: Range<UInt64> { first..<(first + count) }

    /// What is left of it after `seed`, one of its own.
    func rest(after seed: UInt64) -> Block { Block(first: seed + 1, count: first + count - seed - 1) }

    /// The block in parts of `size` seeds and one that may be smaller.
    func parts(of size: UInt64) -> [Block] {
        stride(from: first, to: first + count, by: Int(size)).map { Block(first: $0, count: min(size, first + count - $0)) }
    }
}

/// How a seed ended, as a process that plays tells it in one line: `12 fine 0f3a… 93000`, `13 broken one-grant: …`.
struct Outcome: Sendable {
    /// The words, the gravest last.
    enum Word: String, Sendable, CaseIterable {
        case fine, impossible, broken, stalled, crashed
    }

    let seed: UInt64
    let word: Word
    let text: String

    var line: String { "\(seed) \(word.rawValue) \(text)" }

    init(seed: UInt64, _ word: Word, _ text: String) {
        self.seed = seed
        self.word = word
        self.text = text
    }

    init?(line: some StringProtocol) {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count == 3, let seed = UInt64(words[0]), let word = Word(rawValue: String(words[1])) else { return nil }
        self.init(seed: seed, word, String(words[2]))
    }

    init(seed: UInt64, _ report: Simulator.Report) {
        let hash = String(report.trace, radix: 16)
        switch report.ending {
        case .fine: self.init(seed: seed, .fine, "\(hash) \(report.duration)")
        case .broken(let violation): self.init(seed: seed, .broken, violation.description)
        case .stalled(let what): self.init(seed: seed, .stalled, what)
        }
    }
}

extension Outcome.Word {
    /// The exit status of a run of which this is the gravest outcome.
    var status: Int32 {
        switch self {
        case .fine: 0
        case .impossible: 1
        case .broken: 10
        case .stalled: 11
        case .crashed: 12
        }
    }
}
