/// How many images a study has, as far as procedures differ by that: one by one up to eight, then in steps of a quarter.
enum ImageCount {
    /// The step that `count` lies on, such as `2` or `33-40`; empty where there is no image.
    static func step(of count: Int) -> String {
        guard count > 0 else { return "" }
        var first = 1
        while first <= limit {
            let next = first + max(1, first / 4)
            if count < next { return next == first + 1 ? "\(first)" : "\(first)-\(next - 1)" }
            first = next
        }
        return "more"
    }

    /// Studies with more images are not told apart by them.
    private static var limit: Int { 10_000 }
}
