// The keys of this module's log metadata, in one place.

/// Keys of log metadata.
enum KafkaLogKeys {
    static let client = "kafka.client"
    static let facility = "kafka.facility"
    static let reason = "kafka.reason"
    static let partitions = "kafka.partitions"
    static let lost = "kafka.assignment.lost"
    static let generation = "kafka.assignment.generation"
    static let bound = "kafka.hook.bound_ms"
    static let hook = "kafka.hook"
    static let error = "error.message"
    static let errorName = "error.type"
    static let duration = "duration_ms"
    static let bufferedRecords = "kafka.buffer.records"
    static let bufferedBytes = "kafka.buffer.bytes"
}
