// How the polling thread waits for anything but librdkafka.

import Dispatch
import Synchronization

/// A bell that stays rung until somebody answers it. Only one thread waits; any may ring.
final class Doorbell: Sendable {
    private let isRung = Mutex(false)
    private let semaphore = DispatchSemaphore(value: 0)

    func ring() {
        let isNew = isRung.withLock { isRung in
            defer { isRung = true }
            return !isRung
        }
        if isNew { semaphore.signal() }
    }

    /// Blocks the thread until the bell is or was rung, or the time is over.
    func wait(atMost duration: Duration) {
        guard semaphore.wait(timeout: .now() + .milliseconds(duration.wholeMilliseconds)) == .success else {
            return
        }
        isRung.withLock { $0 = false }
    }
}
