import Glibc
import Synchronization

/// A process of which only the output matters. Foundation's own brings libdispatch's event sources with it, which die on some kernels.
enum ChildProcess {
    /// Runs the program at `path` with `arguments`, the first of which is its name.
    ///
    /// - Returns: what it wrote to stdout, and its status as wait(2) gives it; -1 when it could not be started.
    static func run(_ path: String, _ arguments: [String]) -> (text: String, status: Int32) {
        guard let (process, output) = start(path, arguments) else { return ("", -1) }
        defer { close(output) }
        let text = contents(of: output)
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        return (text, status)
    }

    /// Held from the making of a pipe until its writing end is closed here: no other child inherits that end.
    private static let starting = Mutex(())

    private static func start(_ path: String, _ arguments: [String]) -> (process: pid_t, output: Int32)? {
        starting.withLock { _ in
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { return nil }
            defer { close(ends[1]) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
            var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
            defer { for word in words { free(word) } }
            var process: pid_t = 0
            if posix_spawn(&process, path, &actions, nil, &words, environ) == 0 { return (process, ends[0]) }
            close(ends[0])
            return nil
        }
    }

    private static func contents(of descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 { bytes += chunk[..<count] }
            if count == 0 || (count < 0 && errno != EINTR) { return String(decoding: bytes, as: UTF8.self) }
        }
    }
}
