/// The bounds of the upper layer. A peer that goes beyond one of them costs its association and nothing else.
public enum UpperLayerLimits {
    /// Largest P-DATA-TF variable field that we announce and take, in bytes (PS3.8 annex D.1). 128 KiB is the most that DCMTK
    /// sends, and the size from which on loopback throughput no longer grows.
    public static let maximumPDULengthReceived = 131_072
    /// Largest P-DATA-TF variable field that we send to a peer that announces no limit, in bytes.
    public static let maximumPDULengthSent = 131_072
    /// Smallest maximum length of a peer that we work with, in bytes: below it more than a tenth of the traffic is headers.
    public static let minimumPDULengthSent = 128
    /// Presentation contexts in one association: their identifiers are the odd numbers from 1 to 255 (PS3.8 §9.3.2.2).
    public static let maximumPresentationContexts = 128
    /// Transfer syntaxes in one proposed context; PS3.6 lists fewer than 64.
    public static let maximumTransferSyntaxes = 64
    /// Operations under way at once that we ask for, and grant (PS3.7 §D.3.3.3): 32 CT images of 525 kB fill a link of 1 Gbit/s and 130 ms.
    /// What a lost association leaves unanswered is sent again, so more would cost more.
    public static let maximumOperationsWindow = 32
    /// A UID has at most 64 characters (PS3.5 §9.1).
    public static let maximumUIDLength = 64
    /// An AE title has at most 16 characters (PS3.8 §9.3.2, PS3.5 table 6.2-1).
    public static let maximumAETitleLength = 16
    /// Largest A-ASSOCIATE PDU that is taken, in bytes: 128 contexts with every known transfer syntax each fit.
    static let maximumAssociatePDULength = 1_048_576
    /// Length of the variable field of A-ASSOCIATE-RJ, A-RELEASE-RQ, A-RELEASE-RP and A-ABORT, in bytes (PS3.8 §9.3.4 to §9.3.8).
    static let shortPDULength = 4
    /// Sub-items of the user information item: one role and two negotiations for each of 128 SOP classes, and the fixed ones.
    static let maximumUserInformationItems = 512
    /// Presentation data values in one P-DATA-TF: a peer that fragments finer than this is flooding.
    static let maximumDataValues = 1_024
    /// Largest DIMSE command set, in bytes. PS3.7 annex E defines elements for well under 1 KiB; attribute lists add some.
    static let maximumCommandSetLength = 16_384
    /// Received bytes that wait for their reader before we stop reading from the socket.
    static let inboxHighWaterMark = 2 * maximumPDULengthReceived
    /// Connections that may be open to our own port without an association, beyond the associations that it takes.
    static let connectionsWithoutAssociation = 16
    /// The same from one address: half of them, so that no host keeps another one out.
    static let connectionsWithoutAssociationOfAnAddress = 8
    /// Received messages and fragments that wait for their reader before we stop reading from the socket.
    static let inboxItems = 256
}
