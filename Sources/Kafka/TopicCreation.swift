// What came of creating a topic.

/// The end of a topic's creation.
package enum TopicCreation: Sendable {
    case created
    /// A topic of that name was there before; it was left as it is.
    case existed
    case failed(KafkaError)
}
