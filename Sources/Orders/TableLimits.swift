/// The bounds of the tables that are read (law 9).
public enum TableLimits {
    /// Bytes of one row. An order with every column at its own limit, written in three-byte characters, has less than 8 KiB.
    public static var rowByteCount: Int { 64 * 1024 }
    /// Lines over which one row may run by line breaks in quotes.
    public static var rowLineCount: Int { 100 }
    /// Accession numbers, or Study Instance UIDs, that are remembered to find repetitions in one file: about 200 MB.
    public static var rememberedIdentifiers: Int { 4_000_000 }
    /// Characters of LO, such as Patient ID (PS3.5 §6.2).
    public static var longString: Int { 64 }
    /// Characters of SH, such as Accession Number (PS3.5 §6.2).
    public static var shortString: Int { 16 }
    /// Characters of a component group of PN, of which a name has three (PS3.5 §6.2).
    public static var nameGroup: Int { 64 }
    /// Characters of UI (PS3.5 §9.1).
    public static var uid: Int { 64 }
    /// Characters of a text in the hospital's own words that no object carries.
    public static var hospitalText: Int { 1024 }
    /// Instances of one study: Number of Study Related Instances (0020,1208) is IS, at most 2³¹ − 1 (PS3.5 §6.2).
    public static var instanceCount: Int { 2_147_483_647 }
    /// Characters of a medium's label, as the line protocol bounds it.
    public static var label: Int { 128 }
}
