// How the process ends.

/// The program's exit codes.
enum EndCode: Int32, Sendable {
    case done = 0
    case failed = 1
    /// The command line, or something that it names, is wrong: the same call can't succeed.
    case wrongUse = 2
}
