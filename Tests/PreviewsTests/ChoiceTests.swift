import LineProtocol
import Migration
@testable import Previews
import Testing

@Suite struct ChoiceTests {
    private func copies(_ series: String, _ count: Int, label: String = "CD-1", holder: PreviewHolder? = nil) -> [PreviewChoice.Copy] {
        (0..<count).map { PreviewChoice.Copy(sopInstanceUID: "\(series).\($0)", seriesInstanceUID: series, label: label, holder: holder) }
    }

    @Test func `of each series the middle comes first, then its ends, then what is between`() {
        let choice = PreviewChoice(of: "s", among: copies("a", 9) + copies("b", 1) + copies("c", 3), limit: 8)
        #expect(choice.images.map(\.sopInstanceUID) == ["a.4", "b.0", "c.1", "a.0", "c.0", "a.8", "c.2", "a.2"])
        #expect(choice.imageCount == 13)
    }

    @Test func `of more series than may be shown the first are`() {
        let choice = PreviewChoice(of: "s", among: (0..<30).flatMap { copies("\($0)", 2) }, limit: 24)
        #expect(choice.images.map(\.seriesInstanceUID) == (0..<24).map { "\($0)" })
    }

    @Test(arguments: [0, 1, 2, 3, 10, 1000])
    func `places are spread without one twice, as many as there are or may be`(count: Int) {
        let places = PreviewChoice.spread(over: count, 24)
        #expect(Set(places).count == places.count && places.allSatisfy { (0..<count).contains($0) })
        #expect(places.count == min(count, 24))
    }

    @Test func `copies of an image are one, with all who have it`() {
        let one = PreviewHolder(identity: "i", name: "gateway1", mediumGrant: GrantNumber(1), position: 0)
        let choice = PreviewChoice(of: "s", among: copies("a", 1) + copies("a", 1, label: "CD-2", holder: one), limit: 24)
        #expect(choice.images.count == 1)
        #expect(choice.images[0].holders == [one])
        #expect(choice.images[0].labels == ["CD-1", "CD-2"])
    }
}
