// Why no broker can be reached.

import Synchronization

/// The last word of the Kafka clients on what is wrong.
final class LastTrouble: Sendable {
    private let reason = Mutex<String?>(nil)

    var text: String? { reason.withLock { $0 } }

    func note(_ text: String) { reason.withLock { $0 = text } }
}
