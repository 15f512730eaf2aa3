internal import DICOM
internal import DICOMNetwork
public import Migration

/// A modality worklist that is asked for orders (C-FIND, PS3.4 annex K).
public struct Worklist: Sendable {
    private let address: ApplicationEntityAddress
    private let security: SecureTransport?

    /// Answers of one question: a large hospital's scheduled steps of a week.
    static var answerLimit: Int { 20_000 }
    /// Answers of all questions that follow from one: those of a quarter of a year, some hundred MiB.
    static var totalLimit: Int { 200_000 }

    /// The worklist at `address`, as in `dicom://CALLED@host:port?calling=AET`, or `dicoms://` with TLS.
    ///
    /// - Parameters:
    ///   - authorityPath: PEM file with the certificates that are trusted; nil: those that the system trusts.
    ///   - certificatePath: PEM file with our own certificate; nil: we show none.
    ///   - keyPath: PEM file with its key.
    /// - Throws: ``WorklistError`` for an address or file that cannot be used.
    public init(address: String, authorityPath: String? = nil, certificatePath: String? = nil, keyPath: String? = nil) throws(WorklistError) {
        do throws(NetworkError) {
            self.address = try ApplicationEntityAddress(parsing: address)
            security = self.address.isSecure
                ? try SecureTransport(authorityPath: authorityPath, certificatePath: certificatePath, keyPath: keyPath) : nil
        } catch {
            throw WorklistError(message: "worklist: \(error.message)")
        }
    }

    /// What a worklist answered.
    public struct Answer: Sendable {
        /// Its orders as messages, each small enough to be taken at once.
        public let messages: [HospitalMessage]
        /// Orders in them.
        public let orders: Int
        /// Why some answers cannot be orders, each with its place from 1 on.
        public let faults: [String]
    }

    /// Asks for what is scheduled on these days (YYYYMMDD), for this patient, or both. Days with more answers than are taken at once are asked for in two halves.
    ///
    /// - Parameter batch: orders of one message at most.
    /// - Throws: ``WorklistError`` when the worklist does not answer.
    public func ask(dates: ClosedRange<String>?, patientID: String?, batch: Int) async throws(WorklistError) -> Answer {
        var answers: [DataSet] = []
        var faults: [String] = []
        var windows = [WorklistWindow(dates)]
        while let window = windows.popLast() {
            if let found = try await ask(window, patientID) {
                answers += found
            } else if let (first, second) = window.halves {
                windows += [second, first]
            } else {
                faults.append("\(window) has more than \(Self.answerLimit) answers: none of them is taken")
            }
            guard answers.count <= Self.totalLimit else { throw WorklistError(message: "the worklist has more than \(Self.totalLimit) answers: ask for fewer days") }
        }
        return read(answers, faults, batch: batch)
    }

    /// The answers to one question; nil: they are too many.
    private func ask(_ window: WorklistWindow, _ patientID: String?) async throws(WorklistError) -> [DataSet]? {
        do {
            let question = try WorklistKeys.question(window.dates, patientID: patientID)
            let model = QueryModel(sopClassUID: WorklistKeys.findSOPClassUID)
            return try await Association.with(address, proposing: [model.proposedContext], security: security) {
                try await $0.find(question, model: model, limit: .failing(beyond: Self.answerLimit))
            }
        } catch let error as NetworkError where error.code == .limitExceeded {
            return nil
        } catch let error as NetworkError {
            throw WorklistError(message: "the worklist at \(address) does not answer: \(error.message)")
        } catch {
            throw WorklistError(message: "the worklist cannot be asked: \(error)")
        }
    }

    /// The orders of `answers`: steps of one accession number and patient are one order, with the lowest modality, as they come in no order.
    func read(_ answers: [DataSet], _ unasked: [String] = [], batch: Int) -> Answer {
        var notices: [OrderNotice] = []
        var places: [[String]: Int] = [:]
        var faults = unasked
        for (index, answer) in answers.enumerated() {
            do throws(WorklistFault) {
                let notice = try WorklistEntry.notice(answer)
                let key = [notice.accessionNumber, notice.patient.key.patientID.reveal(), notice.patient.key.issuer.reveal()]
                if let place = places[key] {
                    if notice.goesBefore(notices[place]) { notices[place] = notice }
                } else {
                    places[key] = notices.count
                    notices.append(notice)
                }
            } catch {
                faults.append("answer \(index + 1): \(error.message)")
            }
        }
        let messages = stride(from: 0, to: notices.count, by: batch).map { start in
            HospitalMessage(
                sender: "the worklist \(address.calledAETitle)", isAnswer: true, notices: notices[start..<min(start + batch, notices.count)].map { .order($0) })
        }
        return Answer(messages: messages, orders: notices.count, faults: faults)
    }
}

/// Why a worklist cannot be asked, without patient data.
public struct WorklistError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, naming the worklist.
    public let message: String

    public var description: String { message }
}
