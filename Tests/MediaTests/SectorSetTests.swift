import Testing

@testable import Media

@Suite("Ranges of sectors")
struct SectorSetTests {
    @Test("Gaps are what no range covers")
    func gaps() {
        var set = SectorSet()
        set.insert([30..<40, 0..<16, 16..<18, 35..<50, 7..<7])
        #expect(set.ranges == [0..<18, 30..<50])
        #expect(set.gap(from: 0, before: 100) == 18..<30)
        #expect(set.gap(from: 20, before: 25) == 20..<25)
        #expect(set.gap(from: 30, before: 100) == 50..<100)
        #expect(set.gap(from: 30, before: 50) == nil)
        #expect(set.gaps(in: 10..<60) == [18..<30, 50..<60])
        #expect(SectorSet().gap(from: 5, before: 6) == 5..<6)
    }
}
