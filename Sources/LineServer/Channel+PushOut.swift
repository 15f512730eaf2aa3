import NIOCore
import NIOSSL

extension Channel {
    /// Closes a connection that must go for another one, without TLS's farewell (RFC 8446 §6.1): NIOSSL waits for the peer's answer to it for five
    /// seconds, and peers that never answer would fill the coordinator meanwhile.
    func pushOut() {
        eventLoop.execute { [self] in
            guard let context = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) else { return close(promise: nil) }
            // From the handler on towards the socket: the handler itself does not hear of it.
            context.close(promise: nil)
        }
    }
}
