import DICOM
import DICOMNetwork
import Destinations
import LineProtocol
import Migration

/// The instances of a lease, as they are to be sent.
struct PreparedPart: Sendable {
    /// An instance at its position in the part.
    struct Instance: Sendable {
        let position: Int
        let outgoing: OutgoingInstance
        /// The elements that the coercion changes in it.
        let changed: [Tag]
    }

    /// What can be sent, each SOP Instance UID once, by position.
    private(set) var instances: [Instance] = []
    /// Positions that bear the same instance as another one, and which: copies of one file in two folders.
    private(set) var copies: [Int: Int] = [:]
    private(set) var verdicts = VerdictLedger()
    private let reencodes: Bool
    private let assumed: AssumedCharacterSet?
    private let renewal: UIDRenewal?

    /// Checks the bytes of all instances, reads their headers and declares the changes.
    ///
    /// - Parameters:
    ///   - acknowledged: positions that were sent before: their bytes are not read again.
    ///   - isStopped: asked before each instance; after a yes the rest is left out, without a verdict.
    ///   - dateTime: when the changes are made, a DT value.
    ///   - reencodes: whether an object is written in UTF-8 as a whole if its character set cannot write a declared value.
    ///   - assumed: by what text is read that declares no character set, or a wrong one, as when the medium was read.
    ///   - renewal: by what the study's UIDs become others.
    ///   - source: opens the file of an instance.
    init(
        _ item: LeaseItem, _ records: [InstanceRecord], acknowledged: InstanceRanges, dateTime: String, reencodes: Bool = false,
        assuming assumed: AssumedCharacterSet? = nil, renewing renewal: UIDRenewal? = nil, isStopped: () -> Bool, source: (InstanceRecord) throws -> ObjectSource
    ) {
        self.reencodes = reencodes
        self.assumed = assumed
        self.renewal = renewal
        guard let coercion = Self.coercion(item.coercions) else {
            verdicts.set(item.instances.positions, .failed(.worker), "a coercion of the lease names no element of eight hexadecimal digits")
            return
        }
        let record = CoercionRecord(modifyingSystem: Implementation.modifyingSystem, dateTime: dateTime)
        var places: [String: Int] = [:]
        for position in item.instances.positions {
            if isStopped() { return }
            guard position < records.count else {
                verdicts.set([position], .failed(.unreadable), "the part has \(records.count) instances; position \(position) is none of them")
                continue
            }
            let instance = records[position]
            if let first = places[instance.sopInstanceUID] {
                guard records[first].contentDigest == instance.contentDigest else {
                    verdicts.set([position], .failed(.worker), "another content under the SOP Instance UID of position \(first)")
                    continue
                }
                copies[position] = first
                continue
            }
            places[instance.sopInstanceUID] = position
            let opened = { (instance: InstanceRecord) in
                let source = try source(instance)
                if !acknowledged.contains(position) { try source.check(against: instance) }
                return source
            }
            prepare(instance, at: position, of: item.studyInstanceUID, coercion, record, opened)
        }
    }

    private static func coercion(_ changes: [Migration.Coercion]) -> DICOM.Coercion? {
        var coercion = DICOM.Coercion()
        for change in changes {
            guard change.tag.utf8.count == 8, let number = UInt32(change.tag, radix: 16) else { return nil }
            coercion.changes.append(.init(Tag(rawValue: number), change.value.reveal()))
        }
        return coercion
    }

    /// The UIDs under which an object goes to the destination: those under which it was inventoried, or what they become.
    private struct Identity {
        let instance: String
        let study: String
        let series: String

        init(_ record: InstanceRecord, of study: String, _ renewal: UIDRenewal?) throws {
            guard let renewal else {
                (instance, self.study, series) = (record.sopInstanceUID, study, record.seriesInstanceUID)
                return
            }
            let own = [record.sopInstanceUID, study, record.seriesInstanceUID]
            guard own.allSatisfy(renewal.members.contains) else {
                throw GatewayError(.line, "the coordinator's list of the study's UIDs lacks one of an object that is to be sent")
            }
            let renewed = own.map { UIDRenewal.uid(of: $0, generation: renewal.generation) }
            (instance, self.study, series) = (renewed[0], renewed[1], renewed[2])
        }
    }

    /// With the UIDs of an object that has none of its own, or gets others.
    private func identifying(
        _ coercion: DICOM.Coercion, _ header: ObjectHeader, _ instance: InstanceRecord, _ identity: Identity
    ) -> DICOM.Coercion {
        let isNeeded = DerivedIdentity.isNeeded(by: header)
        guard isNeeded || renewal != nil else { return coercion }
        let uids: [(Tag, String)] = [
            (.sopInstanceUID, identity.instance), (.studyInstanceUID, identity.study), (.seriesInstanceUID, identity.series),
        ]
        let all = (isNeeded ? [(.sopClassUID, instance.sopClassUID)] : []) + uids
        return DICOM.Coercion(all.map { DICOM.Coercion.Change($0, $1) } + coercion.changes, renewal: renewal)
    }

    /// The object with its changes; in UTF-8 if they cannot be written otherwise, and that is allowed.
    private static func coerced(
        _ header: ObjectHeader, by coercion: DICOM.Coercion, _ record: CoercionRecord, _ source: ObjectSource, reencodes: Bool
    ) throws -> CoercedObject {
        let readSource = { (range: Range<Int64>) in
            var bytes: [UInt8] = []
            try source.read(range) { bytes += $0 }
            return bytes
        }
        do {
            return try header.coerced(by: coercion, record: record, readSource: readSource)
        } catch let error as DICOMError where error.code == .characterSet && reencodes {
            let inUTF8 = DICOM.Coercion([.inUTF8] + coercion.changes, renewal: coercion.renewal)
            return try header.coerced(by: inUTF8, record: record, readSource: readSource)
        }
    }

    private mutating func prepare(
        _ instance: InstanceRecord, at position: Int, of study: String, _ coercion: DICOM.Coercion, _ record: CoercionRecord,
        _ source: (InstanceRecord) throws -> ObjectSource
    ) {
        do {
            let source = try source(instance)
            let header = try source.header(assuming: assumed)
            let identity = try Identity(instance, of: study, renewal)
            let coercion = identifying(coercion, header, instance, identity)
            let object = try Self.coerced(header, by: coercion, record, source, reencodes: reencodes)
            var content: any ObjectContent = CoercedContent(object, from: source)
            if header.transferSyntax.isDeflated, !object.changes.isEmpty {
                content = DeflatedContent(byteCount: content.byteCount) { [assumed, reencodes] in
                    let header = try source.header(assuming: assumed)
                    return CoercedContent(try Self.coerced(header, by: coercion, record, source, reencodes: reencodes), from: source)
                }
            }
            let outgoing = OutgoingInstance(
                sopClassUID: instance.sopClassUID, sopInstanceUID: identity.instance, studyInstanceUID: identity.study,
                seriesInstanceUID: identity.series, transferSyntaxUID: instance.transferSyntaxUID,
                content: content)
            instances.append(Instance(position: position, outgoing: outgoing, changed: object.changes.map(\.tag)))
        } catch let error as DICOMError where error.code == .characterSet {
            verdicts.set([position], .failed(.characterSet), error.description)
        } catch let error as GatewayError where error.code == .line {
            verdicts.set([position], .failed(.worker), error.message)
        } catch let error as DICOMError where error.code == .value {
            verdicts.set([position], .failed(.worker), error.description)
        } catch {
            verdicts.set([position], .failed(.unreadable), reason(of: error))
        }
    }
}
