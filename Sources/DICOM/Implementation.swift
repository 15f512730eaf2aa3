/// What this program calls itself in associations, files and changed objects (PS3.7 §D.3.3.2, PS3.10 §7.1).
public enum Implementation {
    /// Implementation Class UID: 2.25 and the UUID 236d5023-bbdb-54e8-9bd3-26cf296f5385 in decimal (PS3.5 §B.2).
    public static let classUID = "2.25.47090565633945184456773481522606855045"
    /// Implementation Version Name: at most 16 characters (PS3.7 §D.3.3.2.3).
    public static let versionName = "SKEIN_0_1"
    /// Modifying System (0400,0563): who changed an object (PS3.3 §C.12.1.1.9).
    public static let modifyingSystem = "SKEIN"
}
