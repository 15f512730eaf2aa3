import LineProtocol
import Migration
@testable import Previews
import Testing

@Suite struct ChoiceTests {
    private func copies(_ series: String, _ count: Int, label: String = "CD-1", digest: String = "d", holder: PreviewHolder? = nil) -> [PreviewChoice.Copy] {
        (0..<count).map { PreviewChoice.Copy(content: ImageContent("\(series).\($0)", digest: digest), seriesInstanceUID: series, label: label, holder: holder) }
    }

    @Test func `of each series the middle comes first, then its ends, then what is between`() {
        let choice = PreviewChoice(of: "s", among: copies("a", 9) + copies("b", 1) + copies("c", 3), limit: 8)
        #expect(choice.images.map(\.content.sopInstanceUID) == ["a.4", "b.0", "c.1", "a.0", "c.0", "a.8", "c.2", "a.2"])
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

    @Test func `two contents of one instance are two images, side by side before all others, each with its own media and holder`() {
        let other = PreviewHolder(identity: "i", name: "gateway1", mediumGrant: GrantNumber(2), position: 7)
        let copies = copies("a", 9) + copies("b", 2) + [PreviewChoice.Copy(content: ImageContent("b.1", digest: "e"), seriesInstanceUID: "c", label: "CD-2", holder: other)]
        let choice = PreviewChoice(of: "s", among: copies, limit: 4)
        #expect(choice.imageCount == 12)
        #expect(choice.images.map(\.content) == [ImageContent("b.1", digest: "d"), ImageContent("b.1", digest: "e"), ImageContent("a.4", digest: "d"), ImageContent("b.0", digest: "d")])
        #expect(choice.images.map(\.labels) == [["CD-1"], ["CD-2"], ["CD-1"], ["CD-1"]])
        #expect(choice.images.map(\.holders) == [[], [other], [], []])
    }

    @Test func `where a whole disc has other contents than another, as many pairs are shown as may be`() {
        let choice = PreviewChoice(of: "s", among: copies("a", 30) + copies("a", 30, label: "CD-2", digest: "e"), limit: 24)
        #expect(choice.images.count == 24 && choice.imageCount == 60)
        for pair in stride(from: 0, to: 24, by: 2) {
            let (one, two) = (choice.images[pair], choice.images[pair + 1])
            #expect(one.content.sopInstanceUID == two.content.sopInstanceUID && one.labels == ["CD-1"] && two.labels == ["CD-2"])
        }
    }
}
