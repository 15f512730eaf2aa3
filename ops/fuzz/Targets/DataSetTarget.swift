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
        let attributes = dataSet.attributesForItems
        for (index, element) in dataSet.elements.enumerated() {
            _ = dataSet.string(element.tag)
            _ = dataSet.strings(element.tag)
            _ = dataSet.integer(element.tag)
            guard depth < ElementScanner.maximumDepth, element.effectiveVR == .SQ || element.hasUndefinedLength else { continue }
            guard let items = try? dataSet.items(at: index, giving: attributes) else { continue }
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
        // Such as would take too much work have no digests.
        guard let digests = dataSet.elementDigests, !isOnlyExplicit(dataSet, depth: 0) else { return }
        let different = again.elementDigests?.differences(from: digests)
        require(different == [], "written as \(syntax.uid) these have other digests: \(different ?? [])")
    }

    /// Whether an element says by its representation what implicit elements cannot say (docs/digests.md): that it is a sequence, against PS3.6, or
    /// with what a value of odd length is to be padded, where PS3.6 does not know it.
    private static func isOnlyExplicit(_ dataSet: DataSet, depth: Int) -> Bool {
        dataSet.records.contains { record in
            let known = DataDictionary.vr(of: record.tag)
            if record.valueRange.count % 2 == 1, record.vr.isText, known == nil { return true }
            guard depth < ElementScanner.maximumDepth, dataSet.mayBeSequence(record) else { return false }
            if record.vr == .SQ, let known, known != .SQ { return true }
            var isFound = false
            _ = dataSet.forEachWholeItem(of: record, giving: EnclosingAttributes()) { item in
                isFound = isFound || isOnlyExplicit(item.dataSet, depth: depth + 1)
            }
            return isFound
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
