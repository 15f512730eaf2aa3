extension Schema {
    /// The calling AE title that a worker was given from the pool.
    static let version2 = ["ALTER TABLE worker ADD COLUMN calling_title TEXT"]
}
