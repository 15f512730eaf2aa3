import ArgumentParser
import PixelCodec
import Terminal

/// `worker codec`: the child process in which images are compressed and decoded. This program calls it itself.
struct CodecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codec", abstract: "The codec's process (called by this program itself).", shouldDisplay: false)

    @Option(help: "Bytes of memory.")
    var memory = CodecLimits.standard.memoryByteCount

    @Option(help: "Seconds of processor time for one frame.")
    var seconds = CodecLimits.standard.processorSeconds

    func run() throws {
        do {
            try CodecServer.serve(memoryByteCount: memory, processorSeconds: seconds)
        } catch let error as PixelCodecError {
            throw CommandFailure(.failed, error.description)
        }
    }
}
