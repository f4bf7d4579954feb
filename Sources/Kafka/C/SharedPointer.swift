// A pointer to one of librdkafka's objects that any thread may use.

/// A handle on a client, queue or topic.
///
/// `@unchecked Sendable`: librdkafka's clients, queues and topics are "completely thread-safe" (its
/// INTRODUCTION.md, "Threads and callbacks"). Their owner sees to it that none is used after its
/// destruction.
struct SharedPointer: @unchecked Sendable {
    let raw: OpaquePointer
}
