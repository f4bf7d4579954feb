/// How a role's reads and writes hang together.
package enum DeliveryMode: String, Sendable, CaseIterable {
    /// Reads, writes and offsets are one transaction, fenced by the group's generation. Needs Apache Kafka (or a broker
    /// that keeps its promises).
    case exactlyOnce = "exactly-once"
    /// Writes are acknowledged before offsets are committed: a crash repeats work under the same ids, and loses none.
    case atLeastOnce = "at-least-once"
}
