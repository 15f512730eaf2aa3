import ArgumentParser
import DICOM
import DICOMNetwork
import Foundation
import Terminal

/// `worker find`: C-FIND, to see what a destination lists.
struct FindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Ask a destination what it lists (C-FIND, study root).",
        discussion: """
            Keys are given by keyword or number: -k PatientID=4711 -k 0008,0050= -k StudyDate=19980101-19981231. A key \
            without value asks for the element. The level's usual elements are asked for in any case. Exit status 0 \
            also without a match, 1 if the destination fails, 2 for wrong arguments.
            """)

    /// The levels of the study root model, PS3.4 §C.6.2.1.
    enum Level: String, ExpressibleByArgument, CaseIterable {
        case study, series, image

        /// What is asked for beside the keys that are given.
        var usualKeys: [Tag] {
            switch self {
            case .study:
                [
                    .studyInstanceUID, .studyDate, .patientID, .patientName, .accessionNumber, .modalitiesInStudy,
                    .studyDescription,
                ]
            case .series: [.studyInstanceUID, .seriesInstanceUID, .modality, .seriesNumber, .seriesDescription]
            case .image: [.studyInstanceUID, .seriesInstanceUID, .sopInstanceUID, .sopClassUID, .instanceNumber]
            }
        }
    }

    @OptionGroup var destination: DestinationOption

    @Option(help: "study, series or image.")
    var level = Level.study

    @Option(name: .customShort("k"), help: ArgumentHelp("A key to match or to ask for.", valueName: "Key=Value"))
    var keys: [String] = []

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        let address = try destination.address()
        let query = try query()
        let security = try destination.security()
        do {
            let matches = try await Association.with(
                address, proposing: [QueryModel.studyRootFind.proposedContext], security: security
            ) {
                try await $0.find(query)
            }
            try show(matches)
        } catch let error as NetworkError {
            throw CommandFailure(.failed, error.description)
        }
    }

    private func query() throws(CommandFailure) -> DataSet {
        let keys = try NamedElement.all(keys, option: "-k")
        do {
            var query = DataSet()
            if keys.contains(where: { $0.value?.utf8.allSatisfy { $0 < 0x80 } == false }) { try query.set(.specificCharacterSet, "ISO_IR 192") }
            try query.set(.queryRetrieveLevel, level.rawValue.uppercased())
            for tag in level.usualKeys { try query.set(tag, "") }
            for key in keys { try query.set(key.tag, key.value ?? "") }
            return query
        } catch {
            throw CommandFailure(.usage, "-k: \(error)")
        }
    }

    private func show(_ matches: [DataSet]) throws {
        let rows = matches.map { match in
            match.elements.compactMap { element in
                match.string(element.tag).map { (DataDictionary.keyword(of: element.tag) ?? "\(element.tag)", $0) }
            }
        }
        if json {
            try Standard.json(rows.map { Dictionary($0, uniquingKeysWith: { first, _ in first }) })
            return
        }
        for row in rows { try Standard.output(Standard.plain(row.map { "\($0.0)=\($0.1)" }.joined(separator: "  "))) }
        Standard.error("\(matches.count) \(matches.count == 1 ? "match" : "matches")")
    }
}
