import AsyncHTTPClient
import Destinations
import Foundation
import Migration
import NIOCore
import Terminal

/// Studies in Orthanc, as its REST interface deletes them.
struct OrthancStudies: Sendable {
    private let url: String
    private let credentials: (user: String, password: String)?

    /// How long one request may take: Orthanc deletes a study of some thousand files within seconds.
    private static var patience: TimeAmount { .seconds(120) }
    /// Bytes of the largest reply: the list of a study's instances.
    private static var replyLimit: Int { 64 << 20 }

    /// - Throws: `CommandFailure` where the password cannot be read.
    init(_ configuration: CorrectionsConfiguration.Orthanc) throws(CommandFailure) {
        url = configuration.url
        guard let user = configuration.user, let file = configuration.passwordFile else {
            credentials = nil
            return
        }
        guard let line = try? String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").first else {
            throw CommandFailure(.usage, "corrections.orthanc: \(file) cannot be read, or has no line")
        }
        credentials = (user, String(line))
    }

    private struct Study: Decodable {
        var id: String
        var patient: [String: String]
        var tags: [String: String]

        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case patient = "PatientMainDicomTags"
            case tags = "MainDicomTags"
        }
    }

    private struct Instance: Decodable {
        var id: String
        var tags: [String: String]

        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case tags = "MainDicomTags"
        }
    }

    /// Whether Orthanc has anything under this Study Instance UID.
    ///
    /// - Throws: `DestinationError`.
    func has(study uid: String) async throws -> Bool { try await !studies(uid).isEmpty }

    private func studies(_ uid: String) async throws -> [Study] {
        let question = try JSONSerialization.data(withJSONObject: ["Level": "Study", "Expand": true, "Query": ["StudyInstanceUID": uid]] as [String: Any])
        return try JSONDecoder().decode([Study].self, from: await ask("/tools/find", .POST, question)).filter { $0.tags["StudyInstanceUID"] == uid }
    }

    /// Deletes the objects of the study of this UID that lies under this patient, where it holds none but these and nobody else has a study of that UID. Object by object:
    /// what another system stores meanwhile is not deleted with them.
    ///
    /// - Throws: `DestinationError`; then nothing was deleted, or it is not known how much.
    func delete(study uid: String, of patientID: Identifying, holding ours: Set<String>) async throws {
        let found = try await studies(uid)
        guard found.allSatisfy({ Identifying($0.patient["PatientID"] ?? "").trimmed == patientID.trimmed }) else {
            throw DestinationError(.destinationRefused, "Orthanc has the study under another patient than the one that it was sent as")
        }
        var instances: [Instance] = []
        for study in found { instances += try JSONDecoder().decode([Instance].self, from: await ask("/studies/\(study.id)/instances", .GET)) }
        let strange = instances.count { !ours.contains($0.tags["SOPInstanceUID"] ?? "") }
        guard strange == 0 else { throw DestinationError(.destinationRefused, "Orthanc has \(strange) objects in the study that were not sent to it") }
        for instance in instances { _ = try await ask("/instances/\(instance.id)", .DELETE) }
    }

    private func ask(_ path: String, _ method: HTTPMethodName, _ body: Data? = nil) async throws -> Data {
        var request = HTTPClientRequest(url: url + path)
        request.method = .RAW(value: method.rawValue)
        if let credentials { request.setBasicAuth(username: credentials.user, password: credentials.password) }
        if let body { request.body = .bytes(body) }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: Self.patience)
            let data = Data(try await response.body.collect(upTo: Self.replyLimit).readableBytesView)
            guard response.status == .ok else { throw DestinationError(.destinationRefused, "Orthanc answered \(response.status) to \(method.rawValue) \(path)") }
            return data
        } catch let error as DestinationError {
            throw error
        } catch {
            throw DestinationError(.destinationUnreachable, "Orthanc at \(url) does not answer: \(error)")
        }
    }

    private enum HTTPMethodName: String { case GET, POST, DELETE }
}
