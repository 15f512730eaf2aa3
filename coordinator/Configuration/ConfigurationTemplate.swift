import Coordination
import Matching
import Migration
import Orders
import Previews
import Trust

/// The commented configuration that `init` writes; it reads back as this version's defaults.
enum ConfigurationTemplate {
    static func text(destination: String) -> String {
        let standard = MigrationConfiguration(destination: destination)
        let copies = LedgerCopyConfiguration()
        let previews = PreviewPolicy()
        let delays = standard.retries.delays.map(\.text).joined(separator: ", ")
        return """
        # Skein coordinator. Times are written with their unit: ms, s, min, h, d. An unknown key is refused.

        # Where workers connect (TLS 1.3). When `host` is 0.0.0.0, `invitation-host: NAME`, in the same braces, says how gateways reach this machine.
        worker-port: { host: 127.0.0.1, port: \(CoordinatorConfiguration.WorkerPort.defaultPort) }

        # How long the certificates of workers and of the coordinator live. They are renewed daily, or at a seventh of a life below a week; a worker that
        # was away until its certificate ended needs a new invitation.
        certificates: { life: \(CertificateLife.standard.length.text) }

        # The new PACS, for every study: dicom://CALLED@host:port?calling=AET
        destination: \(destination)

        # Calling AE titles that the PACS knows already, for example [SKEIN1, SKEIN2]. Each worker has one of its own while it holds leases; without any,
        # all use the one above.
        calling-titles: []

        # How many associations the whole fleet may have at the destination, and how many of them one lease opens at most, for example
        # { at-destination: 20, per-lease: 2 }. Without it only the workers' own settings count.
        associations: {}

        # Sources that several gateways reach over the network, and how often one may be read from at once over the whole fleet: media that stay online
        # being read, and studies being sent from them. A source is where its media stand, the column `shelf` of the media list. For example
        #   - shelf: NAS-1
        #     readers: 4
        sources: []

        # How arrival is proved: `listed` asks the destination for every instance (C-FIND); `acknowledged` believes its C-STORE responses;
        # `committed` asks it, beyond `listed`, to commit to keeping each (storage commitment); its reports may need `receiving` in worker.yaml.
        verification: \(standard.level.rawValue)

        \(policies)

        \(work)

        \(hospital(standard.corrections))

        # How long a lease lives without a sign of life from its worker, and when the worker itself is given up.
        leases: { term: \(standard.terms.grant.text), lost-after: \(standard.terms.workerLostAfter.text) }

        # Whether workers encrypt what they stage from discs until it has arrived: on or off. Only this coordinator has the keys, derived from
        # spool-secret.pem beside this file: without that file what is staged must be read again from the discs.
        spools: { encryption: on }

        # Pictures of held studies, in `previews` beside this file: whether they are made before anybody asks (on or off), how much room all may have, and how long
        # those are kept that nobody looks at.
        previews: { ahead: \(previews.isAhead ? "on" : "off"), space: \(previews.byteCount >> 30) GiB, keep: \(previews.life.text) }

        # How long to wait after each failed attempt to send a study, and how many attempts make it an exception.
        retries: { delays: [\(delays)], attempts: \(standard.retries.attempts) }

        \(unspecifiedExams(standard.reservedRange))

        # Copies of the ledger, made while it is in use and looked through: in which folder (another disk is better), how often (or never),
        # how many stay. `coordinator restore` puts one back; see docs/ledger.md.
        ledger-copies: { folder: \(copies.folder), every: \(copies.every?.text ?? "never"), keep: \(copies.keep) }

        """
    }

    /// Under which numbers and issuers unspecified exams go out, and who is told of their orders.
    private static func unspecifiedExams(_ range: AccessionRange) -> String {
        """
        # Accession numbers of unspecified exams: this prefix and a number of so many digits, within a range that nobody else uses; 16 characters at most.
        # With `issuer-of-unknown: NAME` unspecified exams of patients whom the hospital does not know are filed under that issuer of patient IDs; without it they are
        # held, because they must not be filed under the hospital's. Those are the ones that its orders, messages and patients file name, and `hospital-issuers: [NAME]`.
        unspecified-exam: { accession-prefix: \(range.prefix), digits: \(range.digits), from: \(range.first), to: \(range.last) }

        # Whether the PACS or RIS is told of an order for each unspecified exam before its images: off, hl7 or csv; docs/hl7.md has all keys. For example
        # { orders: hl7, host: ris.example, port: 2575, receiving-application: RIS, character-set: KS X 1001 } or { orders: csv, folder: outbound }
        outbound: { orders: off }
        """
    }

    /// What becomes of studies by what matching comes to.
    private static var policies: String {
        """
        # What becomes of a study by its matching outcome.
        policies:
          # exactly one order, nothing against it: send, hold or exclude
          matched: send
          # a person must choose: hold or exclude. What contradicts an order is held in any case
          manual-match: hold
          # the patient is known, but not the exam: unspecified-exam (sent without an order, under an accession number of its own), hold or exclude
          exam-level-failed: unspecified-exam
          # the hospital does not know the patient: hold, unspecified-exam or exclude
          patient-level-failed: hold
          # what is otherwise for some media, by their kind, label or shelf in the media list (* stands for any text); the first that fits counts. For example
          # [{ kind: dlt, exam-level-failed: exclude }, { shelf: RAID*, label: X*, matched: hold, patient-level-failed: exclude }]
          sources: []
          # files of it could not be read: hold or send what there is
          incomplete: hold

        # What becomes of a study that the legacy archive's own index (`studies import`) lists for another patient, or with another number of instances, than
        # was read: hold or ignore
        legacy-index: { disagreement: hold }
        """
    }

    /// Which studies are migrated, and which go first.
    private static var work: String {
        let priors = PriorsPolicy()
        return """
        # Which studies are migrated: those for which every key that is given holds; others are `excluded`, with the rule. `patients` is a file of patient IDs, one
        # a line; `retention` leaves out what is older than so many years, but not where the patient is still younger than `until-age`. For example
        # { modalities: [CT, MR], from: 19980101, to: 20021231, departments: [NS, ORTHO], patients: patients.txt, retention: { years: 10, until-age: 28 } }
        selection: {}

        # In which order studies are sent; what a rule leaves equal, the next one decides. Requested studies always go before all others.
        # Rules: { by: modality, first: [CT, MR] }, { by: date, first: newest } or oldest, and { by: coming-order }: patients with an order of today or later.
        order-of-work:
          - { by: modality, first: [CT, MR, XA] }
          - { by: date, first: newest }

        # `coordinator request` asks for a patient's studies, a study or an exam at once. With `priors-of-new-orders: on` each new order that comes in by HL7
        # or worklist asks for its patient's studies too, behind those of persons: at most `limit` at once, and for so long after the day of the exam.
        requests: { priors-of-new-orders: off, limit: \(priors.limit), lasting: \(priors.lasting.text) }

        # `coordinator match take` keeps others from deciding on a study that waits for a person, for so long; see docs/worklist.md.
        manual-worklist: { take: \(MigrationConfiguration(destination: "").takeTerm.text) }
        """
    }

    /// How the hospital writes its orders, how they come in beside files, and what becomes of what was sent before it merged or renamed a patient.
    private static func hospital(_ policy: CorrectionPolicy) -> String {
        """
        # The hospital's modality codes and what DICOM calls them, for example `DSA: XA`. Codes that are not here are DICOM's own.
        modalities: {}

        # Whether evidence beside patient ID, day and modality counts in matching: on (after `coordinator match learn`) or off. docs/matching.md has all keys. For example
        # { evidence: on, margin: 2.5, patient-ids: { length: 8, prefixes: [R, A-], check-digit: { weights: [1, 2, 3, 4, 5, 6, 7, 8], modulus: 10 } } }
        matching: { evidence: off }

        # Orders and identities that the hospital's systems send as HL7 v2 over MLLP. Without a port nobody is listened to; docs/hl7.md has all keys. For example
        # { host: 0.0.0.0, port: \(MLLPLimits.defaultPort), peers: [10.1.2.3, 10.1.4.0/24], character-set: KS X 1001 }
        hl7: {}

        # The hospital's modality worklist (DICOM), which `coordinator orders query` asks; with `every` it is asked by itself, for the days around today. For example
        # { address: 'dicom://RIS@ris.example:104?calling=SKEIN', every: 10 min, days-back: 1, days-ahead: 7 }
        worklist: {}

        # Studies that were sent before the hospital merged or renamed their patient: how often the destination is asked whether it has corrected them by
        # itself, and how long that is awaited before a person decides. With `profile: delete-and-send-again` a person may approve that one is deleted
        # there and sent again; Orthanc deletes for `orthanc: { url: http://pacs.example:8042 }`, elsewhere a person does. With `profile: reject-and-send-again`
        # a note (IHE IOCM) rejects it there, and it is sent again with new UIDs. See docs/corrections.md.
        corrections: { profile: \(policy.profile.rawValue), every: \(policy.every.text), wait: \(policy.wait.text) }
        """
    }
}
