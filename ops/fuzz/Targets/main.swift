import Glibc

/// libFuzzer's own loop (FuzzerInterface.h): it takes its options from the arguments and calls back with each input.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// `fuzz TARGET [CORPUS…] [-option=value…]`: the first argument is ours, the others are libFuzzer's.
let name = CommandLine.arguments.dropFirst().first ?? ""
guard let target = FuzzTarget(rawValue: name) else {
    complain("usage: fuzz TARGET [CORPUS...] [-option=value...]; targets: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
    exit(2)
}
FuzzTarget.chosen = target
var count = CommandLine.argc - 1
var arguments = CommandLine.unsafeArgv + 1
exit(runFuzzer(&count, &arguments) { bytes, count in
    FuzzTarget.chosen.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
})
