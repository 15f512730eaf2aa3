import Ledger
import Migration

/// What the ledger says of studies must be so at the destination.
extension Witness {
    func checkStudy(_ id: StudyID) {
        guard let study = studies[id] else { return }
        switch study.progress.state {
        case .verified, .verifiedIncomplete: checkArrival(of: study)
        default: break
        }
        checkOrder(of: study)
    }

    /// Verified implies complete and right: each instance is there, with the content that was read and as the plan says.
    func checkArrival(of study: StudyRecord) {
        guard let plan = study.plan else { return report(.verifiedIsThere, "study \(study.id) is verified without a plan") }
        for id in partsOfStudy[study.id] ?? [] {
            guard let part = parts[id], let list = instances[id] else { continue }
            for position in part.wanted.positions {
                let instance = list[position]
                let isRight = isThere(instance, of: study, plan)
                expect(isRight, .verifiedIsThere, "study \(study.id) is verified; instance \(instance.sopInstanceUID) is not, or not so, at the destination: \(destination.description(of: instance.sopInstanceUID))")
            }
        }
    }

    /// Whether the destination holds an instance with its content, or another one that was read under its UID, as the plan says.
    private func isThere(_ instance: InstanceRecord, of study: StudyRecord, _ plan: SendPlan) -> Bool {
        guard let object = destination.objects[instance.sopInstanceUID] else { return false }
        let isAsPlanned = object.patientID == plan.patientID.reveal() && object.accessionNumber == plan.accessionNumber
        guard isAsPlanned, object.content != instance.contentDigest else { return isAsPlanned }
        let isConflict = study.conflicts.hasInstanceConflict || study.conflicts.hasTwoContents
        return isConflict && (partsOfStudy[study.id] ?? []).contains { part in
            (instances[part] ?? []).contains { $0.sopInstanceUID == instance.sopInstanceUID && $0.contentDigest == object.content }
        }
    }

    /// An order is used once automatically (law 13).
    private func checkOrder(of study: StudyRecord) {
        guard let order = study.order, Self.isAutomatic(study) else { return }
        let others = studies.values.filter { $0.id != study.id && $0.order == order && Self.isAutomatic($0) }
        guard let other = others.map(\.id).min() else { return }
        report(.orderOnce, "order \(order) was used automatically for studies \(other) and \(study.id)")
    }

    private static func isAutomatic(_ study: StudyRecord) -> Bool { study.decision == nil && study.plan != nil && study.outcome == .matched && study.holdReason == nil }

    /// A part is erased only when nothing of it is needed any more: each instance arrived, or another part has it.
    func checkErasure(of id: PartID) {
        guard let part = parts[id], let study = studies[part.study], let list = instances[id] else { return }
        guard scenario.configuration.level == .listed, let plan = study.plan else { return }
        for instance in list {
            let isElsewhere = (partsOfStudy[part.study] ?? []).contains { other in
                other != id && parts[other]?.custody == .held && (instances[other] ?? []).contains { $0.sopInstanceUID == instance.sopInstanceUID }
            }
            let isNeeded = !isElsewhere && !isThere(instance, of: study, plan)
            expect(!isNeeded, .erasedIsThere, "part \(id) is to be erased; instance \(instance.sopInstanceUID) is neither at the destination nor elsewhere")
        }
    }
}
