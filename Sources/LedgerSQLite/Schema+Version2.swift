extension Schema {
    /// The calling AE title that a worker was given from the pool, and the parts that an unanswered grant may be sending.
    static let version2 = [
        "ALTER TABLE worker ADD COLUMN calling_title TEXT",
        "CREATE INDEX part_fence ON part(fence_until, id) WHERE fence_until IS NOT NULL",
    ]
}
