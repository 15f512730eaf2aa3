import DICOM
import DICOMNetwork
import Destinations
import Migration

/// Small objects as a gateway would send them.
struct TestObject {
    static let secondaryCapture = "1.2.840.10008.5.1.4.1.1.7"

    var study = "1.2.826.0.1.3680043.2.1143.1"
    var series = "1.2.826.0.1.3680043.2.1143.1.1"
    var instance = "1.2.826.0.1.3680043.2.1143.1.1.1"
    var patientID = "P1"
    var accessionNumber = "A1"
    var pixels = [UInt8](repeating: 7, count: 64)
    var syntax = TransferSyntax.explicitVRLittleEndian
    /// Changes to the data set before it is encoded.
    var edit: @Sendable (inout DataSet) throws -> Void = { _ in }

    func dataSet() throws -> DataSet {
        var dataSet = DataSet()
        let texts: [(Tag, String)] = [
            (.specificCharacterSet, "ISO_IR 192"), (.sopClassUID, Self.secondaryCapture), (.sopInstanceUID, instance),
            (.studyDate, "19980401"), (.accessionNumber, accessionNumber), (.modality, "OT"), (.patientName, "홍^길동"),
            (.patientID, patientID), (.patientBirthDate, "19500101"), (.patientSex, "M"), (.studyInstanceUID, study),
            (.seriesInstanceUID, series), (.studyID, "1"), (.seriesNumber, "1"), (.instanceNumber, "1"),
            (.photometricInterpretation, "MONOCHROME2"),
        ]
        for (tag, text) in texts { try dataSet.set(tag, text) }
        let numbers: [(Tag, UInt16)] = [
            (.samplesPerPixel, 1), (.rows, 8), (.columns, 8), (.bitsAllocated, 8), (Tag(0x0028, 0x0101), 8), (Tag(0x0028, 0x0102), 7),
            (Tag(0x0028, 0x0103), 0),
        ]
        for (tag, number) in numbers { try dataSet.set(tag, number) }
        try dataSet.set(.pixelData, vr: .OB, value: pixels)
        try edit(&dataSet)
        return dataSet
    }

    func bytes() throws -> [UInt8] { try dataSet().encode(as: syntax) }

    func outgoing() throws -> OutgoingInstance {
        OutgoingInstance(
            sopClassUID: Self.secondaryCapture, sopInstanceUID: instance, studyInstanceUID: study, seriesInstanceUID: series,
            transferSyntaxUID: syntax.uid, content: MemoryContent(try bytes()))
    }

    /// So many objects of one study in two series.
    static func study(_ count: Int, study: String, patientID: String = "P1", accessionNumber: String = "A1") -> [TestObject] {
        (0..<count).map { number in
            var object = TestObject()
            object.study = study
            object.series = "\(study).\(number % 2 + 1)"
            object.instance = "\(study).\(number % 2 + 1).\(number + 1)"
            object.patientID = patientID
            object.accessionNumber = accessionNumber
            object.pixels = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 64)
            return object
        }
    }
}

extension ExpectedStudy {
    /// The study as its objects say it is.
    init(_ objects: [TestObject]) {
        self.init(
            studyInstanceUID: objects[0].study, patientID: Identifying(objects[0].patientID),
            accessionNumber: objects[0].accessionNumber,
            instances: objects.map { .init(sopInstanceUID: $0.instance, seriesInstanceUID: $0.series) })
    }
}

/// Verdicts by place, as `store` reports them.
actor Verdicts {
    private(set) var all: [Int: [InstanceVerdict]] = [:]

    func add(_ place: Int, _ verdict: InstanceVerdict) {
        all[place, default: []].append(verdict)
    }
}

extension Destination {
    /// Sends all objects and gives their verdicts by place; each place must have got exactly one.
    func send(_ objects: [OutgoingInstance], associations: Int = 1) async throws -> [InstanceVerdict] {
        let verdicts = Verdicts()
        try await store(objects, associations: associations, mayStart: { true }) { await verdicts.add($0, $1) }
        let all = await verdicts.all
        return objects.indices.map { place in
            let own = all[place] ?? []
            return own.count == 1 ? own[0] : .failed(.worker, detail: "\(own.count) verdicts")
        }
    }
}
