import LineProtocol
import Migration

/// What was sealed under the key that only the coordinator has.
extension Spool {
    /// What became of the grants that were locked.
    struct Unlocking {
        /// Readable inventories that the coordinator has not closed yet, with their counts of pieces.
        var unclosed: [(grant: GrantNumber, pieces: Int)] = []
        /// What could not be read and is erased, with the labels of the media and why.
        var lost: [(grant: GrantNumber, label: String, reason: String)] = []
    }

    /// Takes the coordinator's rule for what is staged, and its key for what was sealed before.
    ///
    /// What cannot be decrypted though it is this enrolment's is lost, and erased. What another enrolment sealed stays as long as the coordinator
    /// counts it as that one's custody; but an inventory that was not closed is in nobody's.
    ///
    /// - Parameters:
    ///   - staging: the rule, and the key.
    ///   - enrolment: the identity under which this worker is enrolled.
    func unlock(_ staging: Staging, of enrolment: String) -> Unlocking {
        let cipher = SpoolCipher(staging.key)
        let locked = state.withLock { state in
            state.sealing = staging.isEncrypted ? (cipher, enrolment) : nil
            return state.entries.values.filter(\.isLocked).sorted { $0.folder.grant < $1.folder.grant }
        }
        var unlocking = Unlocking()
        for entry in locked {
            do {
                try unlock(entry, with: cipher, of: enrolment, &unlocking)
            } catch {
                var words = reason(of: error)
                do { try drop(entry.folder.grant) } catch { words += "; it cannot be removed either: \(reason(of: error))" }
                unlocking.lost.append((entry.folder.grant, entry.source.label, words))
            }
        }
        return unlocking
    }

    private func unlock(_ entry: Entry, with cipher: SpoolCipher, of enrolment: String, _ unlocking: inout Unlocking) throws {
        guard let seal = entry.seal else { return }
        guard seal.enrolment == enrolment else {
            guard !entry.isClosed else { return }
            throw GatewayError(.spool, "it was encrypted for another enrolment")
        }
        var entry = entry
        try entry.manifest.unlock(with: LineSeal(cipher, seal, under: entry.folder.grant))
        entry.cipher = cipher
        let open = entry
        state.withLock { $0.entries[open.folder.grant] = open }
        try finishNoted(open)
        if !open.isClosed { unlocking.unclosed.append((open.folder.grant, open.manifest.pieceCount)) }
    }

    /// Takes note of a coordinator that has no rule and no key: what is read from now on lies in the clear.
    ///
    /// - Throws: ``GatewayError`` with `spool` when something lies here that was sealed for this enrolment.
    func stageInTheClear(as enrolment: String) throws(GatewayError) {
        let isWaiting = state.withLock { state in
            state.sealing = nil
            return state.entries.values.contains { $0.isLocked && $0.seal?.enrolment == enrolment }
        }
        guard isWaiting else { return }
        throw GatewayError(.spool, "what lies encrypted in \(path) needs a key that this coordinator does not give: update the coordinator")
    }

    /// Whether what lies here of `grant` is sealed for another enrolment.
    func isLocked(_ grant: GrantNumber) -> Bool { state.withLock { $0.entries[grant]?.isLocked ?? false } }
}
