import LineProtocol
import Migration

/// Which UIDs are those of a leased study's own objects: asked for beside what the holder says, by the part that needs it.
extension Gateway {
    /// All of them.
    ///
    /// - Throws: `CancellationError` when the coordinator cannot be asked now, or says that the grant is stale: nothing is sent then. ``GatewayError`` where
    ///   its answer is none.
    func members(of grant: GrantNumber) async throws -> Set<String> {
        var members: Set<String> = []
        var request = MembersRequest(grant: grant)
        while true {
            let reply = try await ask(request)
            members.formUnion(reply.uids)
            guard !reply.isWhole else { return members }
            guard let last = reply.uids.last, last != request.after else {
                throw GatewayError(.line, "the coordinator's list of a study's UIDs does not go on")
            }
            request.after = last
        }
    }

    private func ask(_ request: MembersRequest) async throws -> MembersReply {
        try Task.checkCancellation()
        guard holder.isConnected else { throw CancellationError() }
        let line = try LineCodec().encode(.members(request))
        return try await withCheckedThrowingContinuation { continuation in
            awaited.append(.members)
            membersAwaited.append(continuation)
            link.say(line)
        }
    }

    func takeMembers(_ line: [UInt8]) {
        let waiting = membersAwaited.removeFirst()
        do throws(LineError) {
            switch try LineCodec().decodeReply(line, to: .members) {
            case .members(let reply): waiting.resume(returning: reply)
            case .error(let error):
                logger.warning("the coordinator refused MEMBERS: \(error.code.rawValue), \(error.message)")
                waiting.resume(throwing: CancellationError())
            default: waiting.resume(throwing: CancellationError())
            }
        } catch {
            logger.warning("the coordinator's reply to MEMBERS is no line of the protocol: \(error.message)")
            waiting.resume(throwing: CancellationError())
            giveUpLine()
        }
    }

    /// No reply comes any more to what was said.
    func forgetAwaited() {
        awaited = []
        let waiting = membersAwaited
        membersAwaited = []
        for one in waiting { one.resume(throwing: CancellationError()) }
    }
}
