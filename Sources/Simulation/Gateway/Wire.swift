/// One connection between a gateway and the coordinator: lines of each direction arrive in their order, until it breaks.
final class Wire {
    enum Greeting { case missing, asked, done }

    unowned let gateway: Gateway
    /// The identity in the certificate with which it was made.
    let identity: String
    var isOpenAtGateway = true
    var isOpenAtCoordinator = true
    /// Whether lines that were on their way to the coordinator when the gateway gave it up arrive all the same.
    var deliversLate = false
    /// No line arrives before these.
    var clearUp: Int64 = 0
    var clearDown: Int64 = 0
    var greeting = Greeting.missing
    /// Lines that wait for the answer to HELLO.
    var waiting: [[UInt8]] = []

    init(_ gateway: Gateway) {
        self.gateway = gateway
        identity = gateway.identity
    }
}
