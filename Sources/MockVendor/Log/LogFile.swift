// The log as a file of JSON lines, for tests that kill processes and for people with grep.

import Foundation
import NIOPosix
import Synchronization

/// Appends lines to a file. What was appended is in the system's hands before the call returns, so a kill -9 of
/// this process loses nothing of it.
final class LogFile: Sendable {
    private let handle: Mutex<FileHandle>

    /// Opens or creates the file; new lines follow what is in it.
    init(path: String) throws(MockVendorError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .cannotOpenLog(path: path, reason: String(cString: strerror(errno)))
        }
        handle = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    }

    /// Writes what `take` returns, in the order of the takings, on a thread that may block.
    ///
    /// Requests that come together share a write: whoever is first takes the lines of the others, and they find
    /// nothing left.
    func append(_ take: @escaping @Sendable () -> [UInt8]) async throws {
        try await NIOThreadPool.singleton.runIfActive {
            try self.handle.withLock { handle in
                let lines = take()
                if !lines.isEmpty { try handle.write(contentsOf: lines) }
            }
        }
    }
}
