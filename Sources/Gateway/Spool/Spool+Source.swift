import LineProtocol
import Migration

extension Spool {
    /// Where the bytes of an instance of a study are: staged, or on a medium that stays online.
    ///
    /// - Throws: ``GatewayError`` when the spool has nothing of the study's grant, or the object is not where it was; ``SourceChanged`` when it is sealed
    ///   and not as it was.
    func source(of record: InstanceRecord, in study: StagedStudy, online: OnlineMedia) throws -> ObjectSource {
        guard let source = source(of: study.mediumGrant) else {
            throw GatewayError(.spool, "the spool holds nothing of grant \(study.mediumGrant)")
        }
        let end = end(of: record.sha256, under: study.mediumGrant) ?? record.byteCount
        if source.isOnline { return try online.object(at: record.path, end: end, on: source) }
        return .staged(try object(record.sha256, of: study.studyInstanceUID, under: study.mediumGrant), byteCount: end)
    }
}
