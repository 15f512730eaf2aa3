internal import Foundation
import LineProtocol
import Migration

/// Verdicts on the positions of one part, as they come in, and the groups in which they are reported.
struct VerdictLedger: Sendable {
    private struct Finding: Hashable, Sendable {
        let verdict: VerdictGroup.Verdict
        let detail: String
    }

    /// Different details a verdict is reported with; a destination that words each refusal differently gets the first ones listed.
    private static let detailsOfOneVerdict = 16

    private var findings: [Int: Finding] = [:]

    /// Notes a verdict on positions; a later one replaces an earlier one.
    mutating func set(_ positions: some Sequence<Int>, _ verdict: VerdictGroup.Verdict, _ detail: String = "") {
        let finding = Finding(verdict: verdict, detail: String(detail.prefix(GatewayLimits.detailLength)))
        for position in positions { findings[position] = finding }
    }

    /// The verdict on a position; nil when there is none.
    func verdict(at position: Int) -> VerdictGroup.Verdict? { findings[position]?.verdict }

    /// Gives each copy the verdict of the position of which it is one.
    mutating func follow(_ copies: [Int: Int]) {
        for position in copies.keys.sorted() { findings[position] = copies[position].flatMap { findings[$0] } }
    }

    /// The groups by their first position, within the bytes that one line has room for: instances beyond are not named, and are
    /// granted again without an attempt burnt.
    func groups() throws -> [VerdictGroup] {
        var positions: [(finding: Finding, positions: [Int])] = []
        var places: [Finding: Int] = [:]
        for position in findings.keys.sorted() {
            guard let exact = findings[position] else { continue }
            let finding = shared(exact, among: positions.map(\.finding))
            if let place = places[finding] {
                positions[place].positions.append(position)
            } else {
                places[finding] = positions.count
                positions.append((finding, [position]))
            }
        }
        return try fitted(positions.map { VerdictGroup(instances: InstanceRanges($0.positions), verdict: $0.finding.verdict, detail: $0.finding.detail) })
    }

    private func shared(_ finding: Finding, among known: [Finding]) -> Finding {
        let alike = known.filter { $0.verdict == finding.verdict }
        guard alike.count >= Self.detailsOfOneVerdict, !alike.contains(finding) else { return finding }
        return alike[alike.count - 1]
    }

    private func fitted(_ groups: [VerdictGroup]) throws -> [VerdictGroup] {
        var groups = groups
        while try JSONEncoder().encode(groups).count > GatewayLimits.verdictsByteCount, let last = groups.popLast() {
            let ranges = last.instances.ranges
            guard ranges.count > 1 else { continue }
            let half = InstanceRanges(ranges.prefix(ranges.count / 2).flatMap { Array($0) })
            groups.append(VerdictGroup(instances: half, verdict: last.verdict, detail: last.detail))
        }
        return groups
    }
}
