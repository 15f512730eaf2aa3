import ArgumentParser
import DICOM
import Terminal

/// By what text is read that declares no character set, or a wrong one: the same that worker.yaml says of a source.
struct AssumedTextOption: ParsableArguments {
    @Option(
        name: .customLong("character-set"),
        help: ArgumentHelp("What text is taken for where no character set is declared, as \"ISO 2022 IR 149\" (PS3.3 §C.12.1.1.2).", valueName: "term"))
    var term: String?

    @Option(
        name: .customLong("wrong-character-set"),
        help: ArgumentHelp("A value of Specific Character Set (0008,0005) that counts as none; may be given several times.", valueName: "value"))
    var wrong: [String] = []

    /// - Throws: ``CommandFailure`` with status 2 for a term that names no character set.
    func assumed() throws(CommandFailure) -> AssumedCharacterSet? {
        guard let term else {
            guard wrong.isEmpty else { throw CommandFailure(.usage, "--wrong-character-set says not what is right: --character-set is missing") }
            return nil
        }
        guard let assumed = AssumedCharacterSet(term, insteadOf: Set(wrong)) else {
            throw CommandFailure(.usage, "--character-set: \(term) is no defined term of PS3.3 §C.12.1.1.2")
        }
        return assumed
    }
}
