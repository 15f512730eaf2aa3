import Migration

/// In which order studies are sent that are not requested: one rule after the other, each deciding among those that the ones before leave equal.
public struct OrderOfWork: Hashable, Sendable {
    /// One rule.
    public enum Rule: Hashable, Sendable {
        /// Studies of any of these modalities before the rest.
        case modalities([String])
        /// Studies of patients with an order of today or later before the rest.
        case comingOrder
        /// By Study Date; those without one come last.
        case date(isNewestFirst: Bool)
    }

    /// The rules, the weightiest first; at most ``ruleLimit``, and at most one of them by date.
    public var rules: [Rule]

    /// An order of work by `rules`.
    public init(_ rules: [Rule]) { self.rules = rules }

    /// That of the paper: recent CT, MR and DSA, recorded as XA, first, then the rest (Jung et al. 2004).
    public static var standard: OrderOfWork { OrderOfWork([.modalities(["CT", "MR", "XA"]), .date(isNewestFirst: true)]) }

    /// Rules of one order: each before the date doubles the classes, and ``requestedClass(of:)`` leaves room for 256.
    public static var ruleLimit: Int { 8 }

    /// Whether a rule looks at the patient's orders.
    var looksAtOrders: Bool { rules.contains(.comingOrder) }

    /// Where a study stands; smaller is sent first.
    ///
    /// - Parameter hasComingOrder: whether its patient has an order of today or later.
    func place(of header: StudyHeader, hasComingOrder: Bool) -> (workClass: Int, workOrder: Int) {
        var workClass = 0
        var workOrder = 0
        var isDated = false
        for rule in rules {
            switch rule {
            case .date(let isNewestFirst):
                isDated = true
                workOrder = Self.order(by: header.date, isNewestFirst: isNewestFirst)
            case .modalities, .comingOrder:
                let digit = isFulfilled(rule, by: header, hasComingOrder: hasComingOrder) ? 0 : 1
                if isDated { workOrder = workOrder * 2 + digit } else { workClass = workClass * 2 + digit }
            }
        }
        return (workClass, workOrder)
    }

    private func isFulfilled(_ rule: Rule, by header: StudyHeader, hasComingOrder: Bool) -> Bool {
        switch rule {
        case .modalities(let wanted): header.modalities.contains { wanted.contains($0) }
        case .comingOrder: hasComingOrder
        case .date: true
        }
    }

    private static func order(by date: CalendarDate?, isNewestFirst: Bool) -> Int {
        guard let date else { return isNewestFirst ? 0 : Int.max >> ruleLimit }
        return isNewestFirst ? -Int(date.number) : Int(date.number)
    }

    /// The class of a requested study that would be of `workClass`: what persons asked for goes first, then what new orders did, each in the order of work.
    static func requestedClass(of workClass: Int, isAutomatic: Bool) -> Int { workClass - (isAutomatic ? 1 : 2) << ruleLimit }
}

extension OrderOfWork: CustomStringConvertible {
    /// The rules in words of the configuration, by which a later start sees whether they are the same.
    public var description: String {
        rules.map { rule in
            switch rule {
            case .modalities(let modalities): "modality \(modalities.joined(separator: " "))"
            case .comingOrder: "coming-order"
            case .date(let isNewestFirst): isNewestFirst ? "newest" : "oldest"
            }
        }.joined(separator: ", ")
    }
}
