import Kafka
import Synchronization
import Workers

/// The topics that a session's consumer reads: those that it began with, and those that join later.
final class TopicSubscription: Sendable {
    private let topics: Mutex<[String]>
    private let changes = ChangeSignal()

    init(_ topics: [String]) {
        self.topics = Mutex(topics)
    }

    private var current: [String] { topics.withLock { $0 } }

    /// These are to be read from now on. For the group it is a rebalance like any other.
    func widen(to topics: [String]) {
        self.topics.withLock { $0 = topics }
        changes.changed()
    }

    /// Subscribes, and again whenever topics join, until the session is over.
    func run(_ consumer: Consumer, until isOver: @escaping @Sendable () -> Bool) async throws {
        var subscribed: [String] = []
        while !isOver(), !Task.isCancelled {
            let (wanted, known) = (current, subscribed)
            guard wanted != known else {
                _ = await changes.wait(within: .seconds(3600)) { self.current != known }
                continue
            }
            subscribed = wanted
            do {
                try await consumer.subscribe(wanted)
            } catch {
                // The consumer is closed at the session's end.
                guard isOver() else { throw error }
            }
        }
    }
}
