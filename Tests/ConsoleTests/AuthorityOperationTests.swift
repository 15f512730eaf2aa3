import LineServer
import Migration
import Testing
import Trust

@testable import Console

@Suite("The authority's operations", .timeLimit(.minutes(5)))
struct AuthorityOperationTests {
    private func refusal(at desk: Desk) async throws -> OperationError? {
        await #expect(throws: OperationError.self) { try await ChangeAuthority(change: .retire, force: false).perform(at: desk) }
    }

    @Test("Workers whose program cannot renew hold the retirement up, and are told apart from those that are only late, until they are updated or revoked")
    func olderWorkers() async throws {
        let test = try TestDesk()
        let desk = test.desk
        let updated = try await test.enrol("updated", versions: [1])
        _ = try await test.enrol("revoked", versions: [1])
        let late = try await test.enrol("late", versions: [2, 1])
        let silent = try await test.enrol("silent", versions: nil)
        _ = try await ChangeAuthority(change: .rotate, force: false).perform(at: desk)

        var shown = try await ShowAuthority().perform(at: desk)
        #expect(shown.waitingFor == ["updated", "revoked", "late", "silent"])
        #expect(shown.toBeUpdated == ["updated", "revoked"], "who has said no HELLO may be of any version")
        var refused = try #require(await refusal(at: desk))
        #expect(refused.code == "not-now")
        #expect(refused.message.contains("trust the newest authority: updated, revoked, late, silent."))
        #expect(refused.message.contains("too old to renew a certificate, update them: updated, revoked."))

        try await test.hello(updated, versions: [2, 1])
        for (name, worker) in [("updated", updated), ("late", late), ("silent", silent)] { try test.renew(worker, named: name) }
        shown = try await ShowAuthority().perform(at: desk)
        #expect(shown.waitingFor == ["revoked"] && shown.toBeUpdated == ["revoked"])
        try desk.authorities.switchOver(at: SystemClock.reading())
        refused = try #require(await refusal(at: desk))
        #expect(refused.message.contains("update them: revoked."))
        #expect(desk.authorities.overview.former != nil)

        try await test.act(.revoke(worker: "revoked"))
        _ = try await ChangeAuthority(change: .retire, force: false).perform(at: desk)
        #expect(desk.authorities.overview.former == nil)
        await test.stop()
    }

    @Test("Of many workers so many are named as an answer may have, and those that are too old though they come last")
    func many() async throws {
        let test = try TestDesk()
        for number in 1...ShowAuthority.namesLimit { _ = try await test.enrol("late\(number)", versions: [2, 1]) }
        _ = try await test.enrol("old", versions: [1])
        _ = try await ChangeAuthority(change: .rotate, force: false).perform(at: test.desk)
        let shown = try await ShowAuthority().perform(at: test.desk)
        #expect(shown.waitingFor.count == ShowAuthority.namesLimit)
        #expect(shown.toBeUpdated == ["old"])
        let refused = try #require(await refusal(at: test.desk))
        #expect(refused.message.contains("late1, ") && refused.message.contains("late\(ShowAuthority.namesLimit) …. Their"))
        #expect(refused.message.contains("update them: old."))
        await test.stop()
    }

    @Test("What --force may do: the next authority acts at once, and who has not followed is locked out")
    func forced() async throws {
        let test = try TestDesk()
        let first = test.desk.authorities.fingerprint
        let worker = try await test.enrol("old", versions: [1])
        _ = try await ChangeAuthority(change: .rotate, force: false).perform(at: test.desk)
        let next = try #require(test.desk.authorities.overview.next)
        _ = try await ChangeAuthority(change: .retire, force: true).perform(at: test.desk)
        #expect(test.desk.authorities.fingerprint == next && next != first)
        #expect(!test.desk.authorities.hasShownNewest(worker))
        await test.stop()
    }
}
