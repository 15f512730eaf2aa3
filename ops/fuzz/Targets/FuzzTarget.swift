import Glibc

/// What is fed with bytes that nobody has checked.
enum FuzzTarget: String, CaseIterable {
    /// A file: read in pieces, taken apart, changed, digested.
    case file
    /// A data set as it comes over the network: read, written, digested in every encoding.
    case dataSet = "data-set"
    /// A directory of a medium (PS3.3 annex F): read as any file, which is all that Skein does with it; its records opened.
    case directory
    /// What a peer sends: PDUs, for both roles of an association.
    case pdu
    /// Command sets, and messages put together of fragments.
    case command
    /// Pixels: their places, what streams say about themselves, and how they are shown.
    case picture
    /// What a system of the hospital sends: messages of HL7 in frames of MLLP.
    case message

    /// The one of this process; set before the first input.
    nonisolated(unsafe) static var chosen = FuzzTarget.file

    func run(_ input: [UInt8]) {
        switch self {
        case .file: FileTarget.run(input)
        case .dataSet: DataSetTarget.run(input)
        case .directory: DirectoryTarget.run(input)
        case .pdu: PDUTarget.run(input)
        case .command: CommandTarget.run(input)
        case .picture: PictureTarget.run(input)
        case .message: MessageTarget.run(input)
        }
    }
}

/// Ends the process, which makes libFuzzer keep the input, where a rule is broken that holds for every input.
func require(_ rule: @autoclosure () -> Bool, _ words: @autoclosure () -> String) {
    if rule() { return }
    complain("BROKEN RULE: \(words())")
    abort()
}

/// Says it where libFuzzer speaks.
func complain(_ words: String) {
    let line = Array((words + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
}
