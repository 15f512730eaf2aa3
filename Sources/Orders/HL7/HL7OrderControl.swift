internal import Migration

/// What ORC-1 says of an order (HL7 table 0119).
enum HL7OrderControl {
    /// The order is cancelled, or replaced by another, which comes under a control code of its own.
    private static let cancelling: Set = ["CA", "OC", "CR", "RP", "RU", "RQ"]
    /// The order is discontinued.
    private static let discontinuing: Set = ["DC", "OD", "DR"]
    /// The order holds from now on, even where it had been cancelled.
    private static let holding: Set = ["NW", "OK", "XO", "XX", "XR", "RO", "RL", "OE", "OR"]
    /// More is told of the order; whether it holds is not said.
    private static let telling: Set = ["SC", "SN", "NA", "PA", "CH", "RE", "HD", "OH", "HR"]
    /// Order status (ORC-5, HL7 table 0038) of an order that does not hold.
    private static let ended = ["CA": "CA", "DC": "DC", "RP": "CA"]

    /// The order's status as ``Order`` has it; nil for a control code that changes no order.
    static func status(control: String, status: Stated<String>) -> Stated<String>? {
        if cancelling.contains(control) { return .value("CA") }
        if discontinuing.contains(control) { return .value("DC") }
        if case .value(let text) = status, holding.contains(control) || telling.contains(control) { return .value(ended[text] ?? text) }
        if holding.contains(control) { return .value(control) }
        return telling.contains(control) ? .unsaid : nil
    }
}
