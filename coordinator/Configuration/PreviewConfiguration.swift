import ConfigurationFile
import Migration
import Previews

/// Reader of the section `previews`: pictures of held studies that the coordinator keeps.
extension CoordinatorConfiguration {
    mutating func readPreviews(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        previews.isAhead = try section.value("ahead", "on or off") { ["on": true, "off": false][$0] } ?? previews.isAhead
        let sizes = PreviewPolicy.byteCountRange
        let words = "a size with its unit (MiB, GiB, TiB) from \(sizes.lowerBound >> 20) MiB to \(sizes.upperBound >> 40) TiB"
        previews.byteCount =
            try section.value("space", words) { text in
                Quantity.parse(text, units: ["MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40]).flatMap { sizes.contains($0) ? $0 : nil }
            } ?? previews.byteCount
        previews.life = try section.value("keep", Self.phrase(PreviewPolicy.lifeRange), Self.interval(PreviewPolicy.lifeRange)) ?? previews.life
        try section.finish()
    }
}
