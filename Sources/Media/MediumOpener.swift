import Glibc

/// Opens the medium at `path` read-only: a folder, or, known by its content, an ISO 9660 image or the block device of a drive.
///
/// - Throws: ``MediumError`` with code `cannot-open`, `not-a-medium` (a lone file of another kind), `unsupported-format` or `no-directory`, naming the path.
public func openMedium(at path: String) throws -> any Medium {
    var status = stat()
    guard stat(path, &status) == 0 else {
        throw MediumError(.cannotOpen, "\(path): cannot be opened: \(SystemError(number: errno))")
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return try FolderMedium(path: path)
    case S_IFREG, S_IFBLK: break
    default: throw MediumError(.notAMedium, "\(path): neither a folder nor a disc image")
    }
    let source: OpenFile
    do {
        source = try OpenFile(path: path)
    } catch {
        throw MediumError(.cannotOpen, "\(path): cannot be opened: \(error)")
    }
    return try DiscImage(source: source, name: path)
}
