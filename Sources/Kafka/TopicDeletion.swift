// What came of deleting a topic.

/// The end of a topic's deletion.
package enum TopicDeletion: Sendable {
    case deleted
    /// There was no such topic.
    case absent
    case failed(KafkaError)
}
