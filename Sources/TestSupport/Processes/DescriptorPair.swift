// A pipe of the operating system.

import Glibc

/// The two ends of a new pipe; whoever made it closes both. Children do not inherit it: `SpawnRequest` sees to that.
struct DescriptorPair: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw TestSupportError.systemCallFailed(name: "pipe", reason: String(cString: strerror(errno)))
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }
}
