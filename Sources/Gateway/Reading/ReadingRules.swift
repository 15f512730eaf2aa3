public import DICOM

/// How the objects of one source are read where they do not say it themselves, or say it wrong.
public struct ReadingRules: Hashable, Sendable {
    /// What text is read by where no character set is declared, or a wrong one; nil: ASCII, and Latin-1 for what is beyond.
    public var characterSet: AssumedCharacterSet?
    /// The SOP class of objects without any UID (ACR-NEMA), by their Modality (0008,0060). Objects of another modality are not sent: they are listed
    /// as unreadable, with the code `no-uid`.
    public var sopClassUIDs: [String: String]

    /// These rules; without any, objects are read as they are.
    public init(characterSet: AssumedCharacterSet? = nil, sopClassUIDs: [String: String] = [:]) {
        self.characterSet = characterSet
        self.sopClassUIDs = sopClassUIDs
    }
}
