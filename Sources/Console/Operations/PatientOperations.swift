internal import Coordination
public import Migration
public import Orders

/// Adds or updates patients, issuers and merges from before the migration, at most ``ImportOrders/limit`` rows at a time; a row that cannot be taken costs itself.
public struct ImportPatients: ConsoleOperation {
    public static let path = "/v1/patients"
    public static let isReading = false

    /// The rows, those of merges behind all others.
    public var rows: [CSVPatientsReader.Row]

    /// An import of `rows`.
    public init(rows: [CSVPatientsReader.Row]) { self.rows = rows }

    public func perform(at desk: Desk) async throws -> ImportCount {
        guard rows.count <= OperatorAction.importLimit else { throw OperationError.badValue("\(rows.count) rows at once; at most \(OperatorAction.importLimit) are allowed") }
        var total = ImportCount()
        var parts = [rows[...]]
        while let part = parts.popLast() {
            do throws(OperationError) {
                total += ImportCount(try await desk.carryOut(.importPatients(part.map(\.patient))))
            } catch {
                guard Self.codesOfRows.contains(error.code), let line = part.first?.line else { throw error }
                if part.count == 1 {
                    total.refused.append(ImportCount.RefusedRow(line: line, reason: error.message))
                } else {
                    let middle = part.startIndex + part.count / 2
                    parts += [part[middle...], part[..<middle]]
                }
            }
        }
        return total
    }

    /// Why one row may be refused.
    private static var codesOfRows: [String] { [ActionError.Code.ambiguousPatient, .badValue, .tooMany].map(\.rawValue) }
}
