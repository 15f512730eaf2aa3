internal import DICOM
internal import DICOMNetwork
public import Migration

/// A note that says of objects that a destination has that they are not to be used: an IHE Rejection Note (RAD TF-2 §4.66), which is a Key Object Selection
/// Document (PS3.3 §A.35.4) of template TID 2010 with a title of the Imaging Object Change Management profile.
///
/// It lies in the study whose objects it rejects. Its UIDs are a pure function of what it says: the same note is the same object, however often it is stored.
public struct RejectionNote: Sendable {
    /// An object that is rejected.
    public struct Entry: Hashable, Sendable {
        /// Its class.
        public var sopClassUID: String
        /// Its SOP Instance UID at the destination.
        public var sopInstanceUID: String
        /// Its Series Instance UID there.
        public var seriesInstanceUID: String

        /// An object of these UIDs.
        public init(sopClassUID: String, sopInstanceUID: String, seriesInstanceUID: String) {
            self.sopClassUID = sopClassUID
            self.sopInstanceUID = sopInstanceUID
            self.seriesInstanceUID = seriesInstanceUID
        }

        fileprivate var order: (String, String) { (seriesInstanceUID, sopInstanceUID) }
    }

    /// The study at the destination in which the objects lie.
    public struct Study: Sendable {
        /// Its Study Instance UID there.
        public var studyInstanceUID: String
        /// Whose it is there.
        public var patient: PatientIdentity
        /// Study Date, as its objects write it.
        public var studyDate: String
        /// Study Time, as its objects write it.
        public var studyTime: String
        /// Accession Number there.
        public var accessionNumber: String

        /// A study of these values.
        public init(studyInstanceUID: String, patient: PatientIdentity, studyDate: String, studyTime: String, accessionNumber: String) {
            self.studyInstanceUID = studyInstanceUID
            self.patient = patient
            self.studyDate = studyDate
            self.studyTime = studyTime
            self.accessionNumber = accessionNumber
        }
    }

    /// Key Object Selection Document Storage.
    public static var sopClassUID: String { "1.2.840.10008.5.1.4.1.1.88.59" }

    /// The note's SOP Instance UID.
    public var sopInstanceUID: String {
        let patient = [study.patient.patientID, study.patient.issuer, study.patient.name, study.patient.birthDate, study.patient.sex].map { $0.reveal() }
        let head = [generation.rawValue, writtenAt.text, study.studyInstanceUID, study.studyDate, study.studyTime, study.accessionNumber] + patient
        return UIDRenewal.uid(telling: "note", head + entries.flatMap { [$0.seriesInstanceUID, $0.sopClassUID, $0.sopInstanceUID] })
    }

    /// The Series Instance UID of all notes about one study in one generation.
    public static func seriesInstanceUID(in study: String, _ generation: UIDGeneration) -> String {
        UIDRenewal.uid(telling: "note series", [generation.rawValue, study])
    }

    let study: Study
    let entries: [Entry]
    let generation: UIDGeneration
    let writtenAt: Instant

    /// The note that rejects `entries` in `study`, because what is sent instead is of `generation`.
    ///
    /// - Parameter writtenAt: the moment that it bears.
    public init(rejecting entries: some Sequence<Entry>, in study: Study, for generation: UIDGeneration, writtenAt: Instant) {
        self.entries = Set(entries).sorted { $0.order < $1.order } // unordered: it is sorted
        self.study = study
        self.generation = generation
        self.writtenAt = writtenAt
    }

    /// The note as it is stored.
    ///
    /// - Throws: `DestinationError` for a value that no such document can have.
    public func instance() throws(DestinationError) -> OutgoingInstance {
        do {
            let syntax = TransferSyntax.explicitVRLittleEndian
            return OutgoingInstance(
                sopClassUID: Self.sopClassUID, sopInstanceUID: sopInstanceUID, studyInstanceUID: study.studyInstanceUID,
                seriesInstanceUID: Self.seriesInstanceUID(in: study.studyInstanceUID, generation), transferSyntaxUID: syntax.uid,
                content: MemoryContent(try document().encode(as: syntax)))
        } catch {
            throw DestinationError(.worker, "the rejection note cannot be written: \(error.code)")
        }
    }
}
