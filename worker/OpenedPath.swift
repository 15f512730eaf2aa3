import Media
import Terminal

/// A path that a command was given, and what is wrong with it: told on stderr as soon as it is opened, so that no command loses files without a word.
struct OpenedPath {
    /// nil: it cannot be opened; the one finding says why.
    let contents: ContentsOfPath?
    let findings: [PathFinding]

    /// Whether files may be missing.
    var meansLoss: Bool { findings.contains(where: \.meansLoss) }

    /// Opens the path. What cannot be opened costs no other path.
    init(_ path: String) {
        do {
            let contents = try ContentsOfPath(path)
            self.contents = contents
            findings = contents.findings.map { PathFinding(path, $0) }
        } catch {
            contents = nil
            findings = [PathFinding(path, error)]
        }
        for finding in findings { Standard.error(finding.detail) }
    }
}

/// Something wrong with a path beside its files: what was found on a medium, or why the path cannot be opened.
struct PathFinding: Encodable {
    /// The path that was given.
    let path: String
    /// The stable code of ``MediumFinding`` or ``MediumError``.
    let code: String
    /// The sentence, with the path.
    let detail: String
    /// Whether files may be missing.
    let meansLoss: Bool

    init(_ path: String, _ finding: MediumFinding) {
        self.path = path
        code = finding.code.rawValue
        detail = "\(path): \(finding)"
        meansLoss = finding.meansLoss
    }

    init(_ path: String, _ error: any Error) {
        self.path = path
        code = ((error as? MediumError)?.code ?? .cannotOpen).description
        detail = "\(error)"
        meansLoss = true
    }
}

extension CommandFailure {
    /// The end of a command that found no object. Where files may be missing it does not say that there is none.
    static func nothing(to work: String, meansLoss: Bool) -> CommandFailure {
        CommandFailure(.failed, "nothing to \(work): " + (meansLoss ? "what is there could not all be read" : "no DICOM object is there"))
    }
}
