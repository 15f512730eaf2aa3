public import Ledger
public import Migration

/// A worker that has an image in its custody, and where.
public struct PreviewHolder: Hashable, Sendable {
    /// The worker's identity, as its certificate says it.
    public let identity: String
    /// Its name.
    public let name: String
    /// The grant under which it read the image.
    public let mediumGrant: GrantNumber
    /// The image's position in the part.
    public let position: Int
}

/// What a picture is of. One SOP Instance UID may have several contents (law 12), and then just these are what a person is to see.
public struct ImageContent: Hashable, Sendable, Codable {
    /// The SOP Instance UID.
    public let sopInstanceUID: String
    /// The digest of the content, as the ledger has it.
    public let digest: String

    /// The content of this digest under that SOP Instance UID.
    public init(_ sopInstanceUID: String, digest: String) {
        self.sopInstanceUID = sopInstanceUID
        self.digest = digest
    }
}

/// An image of a study.
public struct PreviewImage: Hashable, Sendable {
    /// What it shows.
    public let content: ImageContent
    /// Its Series Instance UID.
    public let seriesInstanceUID: String
    /// Who has it, in the order of the parts.
    public fileprivate(set) var holders: [PreviewHolder]
    /// The media that it was read from.
    public fileprivate(set) var labels: [String]
}

/// The images of a study that are shown: those of one SOP Instance UID with several contents first, side by side; of each series the one in its middle, then its
/// first and last, then those between.
public struct PreviewChoice: Hashable, Sendable {
    /// The study's UID.
    public let studyInstanceUID: String
    /// What is shown, in this order.
    public let images: [PreviewImage]
    /// How many different images the study has: a second content of one SOP Instance UID is another one.
    public let imageCount: Int

    /// A copy of an image as a part has it; `holder` is nil where nobody has the part any more.
    struct Copy {
        let content: ImageContent
        let seriesInstanceUID: String
        let label: String
        let holder: PreviewHolder?
    }

    /// Of these copies at most `limit` images.
    init(of studyInstanceUID: String, among copies: [Copy], limit: Int) {
        var images: [PreviewImage] = []
        var places: [ImageContent: Int] = [:]
        for copy in copies {
            let place = places[copy.content] ?? images.count
            if place == images.count {
                places[copy.content] = place
                images.append(PreviewImage(content: copy.content, seriesInstanceUID: copy.seriesInstanceUID, holders: [], labels: []))
            }
            if let holder = copy.holder { images[place].holders.append(holder) }
            if !images[place].labels.contains(copy.label) { images[place].labels.append(copy.label) }
        }
        self.studyInstanceUID = studyInstanceUID
        imageCount = images.count
        self.images = Self.chosen(images, limit)
    }

    /// The study of this UID as the ledger has it; nil where it has none.
    public init?(of studyInstanceUID: String, limit: Int, in reader: any LedgerReader) throws {
        guard let study = try reader.study(uid: studyInstanceUID) else { return nil }
        var workers: [WorkerID: WorkerRecord] = [:]
        var instances = try reader.instances(of: study.id)[...]
        var copies: [Copy] = []
        for part in try reader.parts(of: study.id) {
            if workers[part.worker] == nil { workers[part.worker] = try reader.worker(part.worker) }
            let worker = part.custody == .held ? workers[part.worker] : nil
            for (position, placed) in instances.prefix(part.instanceCount).enumerated() {
                let holder = worker.map { PreviewHolder(identity: $0.identity, name: $0.name, mediumGrant: part.mediumGrant, position: position) }
                copies.append(
                    Copy(
                        content: ImageContent(placed.instance.sopInstanceUID, digest: placed.instance.contentDigest),
                        seriesInstanceUID: placed.instance.seriesInstanceUID, label: placed.label, holder: holder))
            }
            instances = instances.dropFirst(part.instanceCount)
        }
        self.init(of: studyInstanceUID, among: copies, limit: limit)
    }

    private static func chosen(_ images: [PreviewImage], _ limit: Int) -> [PreviewImage] {
        let instances = grouped(images) { $0.content.sopInstanceUID }
        let order = spread(instances.filter { $0.count > 1 }, limit) + spread(instances.filter { $0.count == 1 }, limit)
        return Array(order.joined().prefix(limit))
    }

    /// At most `limit` of these instances, series by series in turn.
    private static func spread(_ instances: [[PreviewImage]], _ limit: Int) -> [[PreviewImage]] {
        let series = grouped(instances) { $0[0].seriesInstanceUID }
        let orders = series.map { spread(over: $0.count, limit) }
        var chosen: [[PreviewImage]] = []
        for round in 0..<limit {
            for (instances, order) in zip(series, orders) where round < order.count && chosen.count < limit { chosen.append(instances[order[round]]) }
        }
        return chosen
    }

    /// Those of one key together, in the order in which they come first.
    private static func grouped<Row>(_ rows: [Row], by key: (Row) -> String) -> [[Row]] {
        var groups: [[Row]] = []
        var places: [String: Int] = [:]
        for row in rows {
            let place = places[key(row)] ?? groups.count
            if place == groups.count {
                places[key(row)] = place
                groups.append([])
            }
            groups[place].append(row)
        }
        return groups
    }

    /// Places among `count`: the middle, the first, the last, then always the middle of what lies between two; at most `limit`.
    static func spread(over count: Int, _ limit: Int) -> [Int] {
        guard count > 0 else { return [] }
        var places: [Int] = []
        for place in [count / 2, 0, count - 1] where !places.contains(place) { places.append(place) }
        var gaps = [(0, count / 2), (count / 2, count - 1)][...]
        while places.count < limit, let (low, high) = gaps.popFirst() {
            guard high - low > 1 else { continue }
            let middle = (low + high) / 2
            places.append(middle)
            gaps += [(low, middle), (middle, high)]
        }
        return Array(places.prefix(limit))
    }
}
