// The topic objects of a producer.

import CRdKafka
import Synchronization

/// Topic handles by name, so that a record doesn't cost librdkafka's linear search.
///
/// They keep the client from being destroyed, so `giveBack` comes first.
final class TopicHandles: Sendable {
    private let handles = Mutex<[String: SharedPointer]>([:])

    /// The handle of a topic; owned by this table.
    func handle(_ topic: String, of client: OpaquePointer) throws(KafkaError) -> OpaquePointer {
        let client = SharedPointer(raw: client)
        let handle = handles.withLock { handles -> SharedPointer? in
            if let known = handles[topic] { return known }
            let new = rd_kafka_topic_new(client.raw, topic, nil).map { SharedPointer(raw: $0) }
            handles[topic] = new
            return new
        }
        // Read at once on the same thread, as the library asks for; fails only for names that no topic can
        // have.
        guard let handle else { throw KafkaError(rd_kafka_last_error(), "send to \(topic)") }
        return handle.raw
    }

    func giveBack() {
        handles.withLock { handles in
            for handle in handles.values { rd_kafka_topic_destroy(handle.raw) }
            handles.removeAll()
        }
    }
}
