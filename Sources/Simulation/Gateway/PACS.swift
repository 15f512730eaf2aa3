import Migration

/// An object as the destination holds it.
struct StoredObject {
    /// The digest of what was sent, changes aside.
    var content: String
    var patientID: String
    var accessionNumber: String
    var study: String
    var series: String
}

/// The simulated destination: keeps objects, and may be away, slow, full or a liar.
final class PACS {
    private(set) var objects: [String: StoredObject] = [:]
    /// What is wrong with it now.
    var trouble: DestinationTrouble?
    private let keepsOld: Bool

    init(_ scenario: Scenario) {
        keepsOld = scenario.keepsOld
        for foreign in scenario.foreign { objects[foreign.sopInstanceUID] = foreign.object }
    }

    /// Why it answers nothing at all now.
    var absence: ExceptionCategory? {
        switch trouble {
        case .unreachable: .destinationUnreachable
        case .rejecting: .associationRejected
        case .full, .refusing, .slow, nil: nil
        }
    }

    /// The category of its answer to a C-STORE now; nil for success.
    var refusal: ExceptionCategory? {
        switch trouble {
        case .full: .outOfResources
        case .refusing: .destinationRefused
        case .unreachable, .rejecting, .slow, nil: absence
        }
    }

    func keep(_ object: StoredObject, as sopInstanceUID: String) {
        guard objects[sopInstanceUID] == nil || !keepsOld else { return }
        objects[sopInstanceUID] = object
    }

    /// What it has of an instance, in words.
    func description(of sopInstanceUID: String) -> String {
        guard let object = objects[sopInstanceUID] else { return "nothing" }
        return "\(object.content.prefix(8)) of \(object.patientID) under \(object.accessionNumber)"
    }
}
