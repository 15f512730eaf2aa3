import LineProtocol
import Migration

/// A drive of a gateway and the disc in it.
struct Drive {
    let name: String
    var disc: Disc?
    var state = DriveStatus.State.empty
    var grant: GrantNumber?

    var status: DriveStatus { DriveStatus(name: name, label: disc?.label, state: state) }
}
