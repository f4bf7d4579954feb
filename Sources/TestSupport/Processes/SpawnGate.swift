// Keeps children that are being started from holding on to sockets that the tests close.

import Synchronization

/// Tells when no child is between its fork and its exec.
///
/// In that moment a child has a copy of every descriptor of the test process, and a listener that is closed
/// meanwhile goes on listening; under load, for long enough to make a port "in use" that was just given back.
enum SpawnGate {
    private static let starting = Mutex(())

    /// Runs `posix_spawn`, which returns after the child's exec.
    static func pass(_ spawn: () -> Int32) -> Int32 {
        starting.withLock { _ in spawn() }
    }

    /// Returns once every child whose start began before has let go of what it copied. Blocks its thread for the
    /// milliseconds that starting a program takes.
    static func awaitPassed() {
        starting.withLock { _ in }
    }
}
