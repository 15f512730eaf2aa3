@testable import DICOM

/// A data set of any bytes; the first one says in which transfer syntax. What was read is written as it was.
enum DataSetTarget {
    private static let syntaxes: [TransferSyntax] = [
        .implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian, .deflatedExplicitVRLittleEndian,
    ]

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let syntax = syntaxes[Int(first) % syntaxes.count]
        let bytes = Array(input.dropFirst())
        guard let dataSet = try? DataSet(parsing: bytes, as: syntax) else { return }
        open(dataSet, depth: 0)
        if !syntax.isDeflated { checkWritten(dataSet, from: bytes, as: syntax) }
        edit(dataSet, as: syntax)
        for target in syntaxes where target != syntax { checkWritten(dataSet, as: target) }
    }

    /// Asks for everything that a data set can be asked for.
    static func open(_ dataSet: DataSet, depth: Int) {
        for element in dataSet.elements {
            _ = dataSet.string(element.tag)
            _ = dataSet.strings(element.tag)
            _ = dataSet.integer(element.tag)
            guard depth < ElementScanner.maximumDepth, element.effectiveVR == .SQ || element.hasUndefinedLength else { continue }
            guard let items = try? dataSet.items(element.tag) else { continue }
            for item in items { open(item, depth: depth + 1) }
        }
    }

    private static func checkWritten(_ dataSet: DataSet, from bytes: [UInt8], as syntax: TransferSyntax) {
        guard let written = try? dataSet.encode(as: syntax) else {
            return require(false, "a data set that was read cannot be written in its own syntax")
        }
        require(bytes.starts(with: written), "a data set is not written as it was read")
        require(bytes.count - written.count < 8, "\(bytes.count - written.count) bytes were read as nothing")
    }

    /// Whatever can be written in another syntax can be read there, with the same elements and digests.
    private static func checkWritten(_ dataSet: DataSet, as syntax: TransferSyntax) {
        guard let written = try? dataSet.encode(as: syntax) else { return }
        guard let again = try? DataSet(parsing: written, as: syntax) else {
            return require(false, "what was written as \(syntax.uid) cannot be read")
        }
        require(again.elements.map(\.tag) == dataSet.elements.map(\.tag), "written as \(syntax.uid) there are other elements")
        guard !isOnlyExplicit(dataSet, depth: 0) else { return }
        let different = dataSet.elementDigests.flatMap { again.elementDigests?.differences(from: $0) }
        require(different == [], "written as \(syntax.uid) these have other digests: \(different ?? [])")
    }

    /// Whether an element says by its representation what implicit elements cannot say (docs/digests.md): that it is a sequence, against PS3.6, or
    /// with what a value of odd length is to be padded, where PS3.6 does not know it.
    private static func isOnlyExplicit(_ dataSet: DataSet, depth: Int) -> Bool {
        dataSet.elements.contains { element in
            if element.valueByteCount % 2 == 1, element.vr.isText, DataDictionary.vr(of: element.tag) == nil { return true }
            guard element.vr == .SQ || element.hasUndefinedLength, depth < ElementScanner.maximumDepth else { return false }
            if element.vr == .SQ, let known = DataDictionary.vr(of: element.tag), known != .SQ { return true }
            return (try? dataSet.items(element.tag))?.contains { isOnlyExplicit($0, depth: depth + 1) } ?? false
        }
    }

    private static func edit(_ dataSet: DataSet, as syntax: TransferSyntax) {
        var edited = dataSet
        try? edited.set(.accessionNumber, "A1")
        try? edited.set(.patientName, "Löwe^Änne")
        try? edited.set(.rows, UInt16(7))
        edited.remove(.patientID)
        require(!edited.contains(.patientID), "an element is there after it was taken out")
        let written: [UInt8]
        do {
            written = try edited.encode(as: syntax)
        } catch {
            let isAmbiguous = dataSet.records.contains(where: \.hasNoRepresentation)
            return require(isAmbiguous && error.code == .malformed, "a data set that was edited cannot be written in its own syntax: \(error)")
        }
        guard let again = try? DataSet(parsing: written, as: syntax) else {
            return require(false, "a data set that was edited cannot be read")
        }
        require(again.integer(.rows) == 7, "an element that was set is another one when it is read")
    }
}
