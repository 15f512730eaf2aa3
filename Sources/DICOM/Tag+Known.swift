/// The tags that this room and its users name, by their keywords in PS3.6.
extension Tag {
    // Command set and file meta information (PS3.7 annex E, PS3.10 §7.1).
    static let fileMetaInformationGroupLength = Tag(0x0002, 0x0000)
    /// Media Storage SOP Class UID.
    public static let mediaStorageSOPClassUID = Tag(0x0002, 0x0002)
    /// Media Storage SOP Instance UID.
    public static let mediaStorageSOPInstanceUID = Tag(0x0002, 0x0003)
    /// Transfer Syntax UID.
    public static let transferSyntaxUID = Tag(0x0002, 0x0010)

    static let lengthToEnd = Tag(0x0008, 0x0001)
    /// Specific Character Set.
    public static let specificCharacterSet = Tag(0x0008, 0x0005)
    /// SOP Class UID.
    public static let sopClassUID = Tag(0x0008, 0x0016)
    /// SOP Instance UID.
    public static let sopInstanceUID = Tag(0x0008, 0x0018)
    /// Study Date.
    public static let studyDate = Tag(0x0008, 0x0020)
    /// Study Time.
    public static let studyTime = Tag(0x0008, 0x0030)
    /// Accession Number.
    public static let accessionNumber = Tag(0x0008, 0x0050)
    /// Query/Retrieve Level.
    public static let queryRetrieveLevel = Tag(0x0008, 0x0052)
    /// Modality.
    public static let modality = Tag(0x0008, 0x0060)
    /// Modalities in Study.
    public static let modalitiesInStudy = Tag(0x0008, 0x0061)
    /// Study Description.
    public static let studyDescription = Tag(0x0008, 0x1030)
    /// Series Description.
    public static let seriesDescription = Tag(0x0008, 0x103E)

    /// Patient's Name.
    public static let patientName = Tag(0x0010, 0x0010)
    /// Patient ID.
    public static let patientID = Tag(0x0010, 0x0020)
    /// Issuer of Patient ID.
    public static let issuerOfPatientID = Tag(0x0010, 0x0021)
    /// Patient's Birth Date.
    public static let patientBirthDate = Tag(0x0010, 0x0030)
    /// Patient's Sex.
    public static let patientSex = Tag(0x0010, 0x0040)
    /// Other Patient Names.
    public static let otherPatientNames = Tag(0x0010, 0x1001)
    /// Body Part Examined.
    public static let bodyPartExamined = Tag(0x0018, 0x0015)
    /// Laterality of a series.
    public static let laterality = Tag(0x0020, 0x0060)
    /// Laterality of an image.
    public static let imageLaterality = Tag(0x0020, 0x0062)

    /// Study Instance UID.
    public static let studyInstanceUID = Tag(0x0020, 0x000D)
    /// Series Instance UID.
    public static let seriesInstanceUID = Tag(0x0020, 0x000E)
    /// Study ID.
    public static let studyID = Tag(0x0020, 0x0010)
    /// Series Number.
    public static let seriesNumber = Tag(0x0020, 0x0011)
    /// Instance Number.
    public static let instanceNumber = Tag(0x0020, 0x0013)

    /// Samples per Pixel.
    public static let samplesPerPixel = Tag(0x0028, 0x0002)
    /// Photometric Interpretation.
    public static let photometricInterpretation = Tag(0x0028, 0x0004)
    /// Planar Configuration.
    public static let planarConfiguration = Tag(0x0028, 0x0006)
    /// Lossy Image Compression.
    public static let lossyImageCompression = Tag(0x0028, 0x2110)
    /// Number of Frames.
    public static let numberOfFrames = Tag(0x0028, 0x0008)
    /// Rows.
    public static let rows = Tag(0x0028, 0x0010)
    /// Columns.
    public static let columns = Tag(0x0028, 0x0011)
    /// Bits Allocated.
    public static let bitsAllocated = Tag(0x0028, 0x0100)
    /// Pixel Representation.
    public static let pixelRepresentation = Tag(0x0028, 0x0103)
    static let pixelDataProviderURL = Tag(0x0028, 0x7FE0)

    /// Requested Procedure Description.
    public static let requestedProcedureDescription = Tag(0x0032, 0x1060)
    /// Selector Attribute.
    public static let selectorAttribute = Tag(0x0072, 0x0026)
    /// Selector Value Number.
    public static let selectorValueNumber = Tag(0x0072, 0x0028)

    // Original Attributes (PS3.3 §C.12.1.1.9).
    /// Modified Attributes Sequence.
    public static let modifiedAttributesSequence = Tag(0x0400, 0x0550)
    /// Nonconforming Modified Attributes Sequence.
    public static let nonconformingModifiedAttributesSequence = Tag(0x0400, 0x0551)
    /// Nonconforming Data Element Value.
    public static let nonconformingDataElementValue = Tag(0x0400, 0x0552)
    /// Original Attributes Sequence.
    public static let originalAttributesSequence = Tag(0x0400, 0x0561)
    /// Attribute Modification DateTime.
    public static let attributeModificationDateTime = Tag(0x0400, 0x0562)
    /// Modifying System.
    public static let modifyingSystem = Tag(0x0400, 0x0563)
    /// Source of Previous Values.
    public static let sourceOfPreviousValues = Tag(0x0400, 0x0564)
    /// Reason for the Attribute Modification.
    public static let reasonForTheAttributeModification = Tag(0x0400, 0x0565)

    static let spectroscopyData = Tag(0x5600, 0x0020)

    /// Float Pixel Data.
    public static let floatPixelData = Tag(0x7FE0, 0x0008)
    /// Double Float Pixel Data.
    public static let doubleFloatPixelData = Tag(0x7FE0, 0x0009)
    /// Pixel Data.
    public static let pixelData = Tag(0x7FE0, 0x0010)

    // Delimiters (PS3.5 §7.5).
    static let item = Tag(0xFFFE, 0xE000)
    static let itemDelimitation = Tag(0xFFFE, 0xE00D)
    static let sequenceDelimitation = Tag(0xFFFE, 0xE0DD)

    /// Whether the element carries an image's pixels: where a header ends.
    public var isPixelData: Bool {
        self == .pixelData || self == .floatPixelData || self == .doubleFloatPixelData
    }
}
