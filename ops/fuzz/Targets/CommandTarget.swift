@testable import DICOMNetwork
import NIOCore

/// A command set of any bytes, and the same bytes as fragments of messages.
enum CommandTarget {
    static func run(_ input: [UInt8]) {
        parse(input)
        assemble(input)
    }

    /// What was read is read again as it was written.
    private static func parse(_ input: [UInt8]) {
        var bytes = ByteBuffer(bytes: input)
        guard let command = try? CommandSet(from: &bytes) else { return }
        ask(command)
        var written = ByteBuffer()
        command.encode(into: &written)
        let again = try? CommandSet(from: &written)
        require(again == command, "a command set is another one when it is written and read")
    }

    static func ask(_ command: CommandSet) {
        _ = command.kind
        _ = command.hasDataSet
        _ = command.status.map { "\($0)" }
        _ = command[.messageIDBeingRespondedTo]
        _ = command[text: .errorComment]
        _ = command[text: .affectedSOPInstanceUID]
    }

    /// Each fragment: a byte of control, a byte of length, so many bytes.
    private static func assemble(_ input: [UInt8]) {
        var assembler = MessageAssembler()
        var rest = input[...]
        while rest.count >= 2 {
            let control = rest.removeFirst()
            let fragment = rest.dropFirst().prefix(Int(rest.removeFirst()))
            rest = rest.dropFirst(fragment.count)
            let value = PresentationDataValue(
                contextID: control >> 6, isCommand: control & 1 != 0, isLast: control & 2 != 0, fragment: ByteBuffer(bytes: fragment))
            guard let part = try? assembler.take(value) else { continue }
            if case .command(let command, _) = part { ask(command) }
            require(part.byteCount <= fragment.count, "a part of a message keeps more bytes than came")
        }
    }
}
