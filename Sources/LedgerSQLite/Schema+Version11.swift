extension Schema {
    /// What an imported file had of an order last.
    static let version11 = ["ALTER TABLE hospital_order ADD COLUMN file_digest INTEGER"]
}
