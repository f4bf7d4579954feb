// How other threads interrupt a poll that waits.

import CRdKafka
import Synchronization

/// A reference to the queue that a client polls.
///
/// The mutex keeps `wake` from using one that was given back.
final class WakeHandle: Sendable {
    private let queue: Mutex<SharedPointer?>

    /// Takes over a queue reference.
    init(owning queue: OpaquePointer?) {
        self.queue = Mutex(queue.map { SharedPointer(raw: $0) })
    }

    deinit {
        giveBack()
    }

    /// Makes the poll that is under way, or else the next one, return at once.
    func wake() {
        queue.withLock { queue in
            if let queue { rd_kafka_queue_yield(queue.raw) }
        }
    }

    /// Must precede the client's destruction.
    func giveBack() {
        queue.withLock { queue in
            if let queue { rd_kafka_queue_destroy(queue.raw) }
            queue = nil
        }
    }
}
