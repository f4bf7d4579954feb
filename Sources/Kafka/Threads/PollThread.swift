// The one thread of a client that runs its callbacks.

import Foundation

/// Starts polling threads.
enum PollThread {
    /// Runs `body` on a new thread of that name. The thread ends with `body`.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        Thread {
            // Linux shows 15 characters; set from inside, since only then the system's thread gets the name
            // too.
            Thread.current.name = String(name.prefix(15))
            body()
        }.start()
    }

    /// How long a poll waits at most while nothing happens, in milliseconds.
    static let idle: Int32 = 100
}
