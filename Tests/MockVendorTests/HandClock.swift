import Synchronization

/// Milliseconds since 1970 that pass when they are told to.
final class HandClock: Sendable {
    private let state = Mutex<Int64>(1_700_000_000_000)

    var time: Int64 {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
