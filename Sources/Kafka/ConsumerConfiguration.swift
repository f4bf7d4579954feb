// What a consumer needs to know.

/// Settings of a consumer.
package struct ConsumerConfiguration: Sendable {
    /// Which records of transactions are delivered.
    package enum Isolation: String, Sendable {
        /// Aborted records are left out; reading stops before the first open transaction.
        case readCommitted = "read_committed"
        case readUncommitted = "read_uncommitted"
    }

    /// What happens where the wanted offset doesn't exist.
    package enum OffsetReset: String, Sendable {
        /// `next` throws an error of kind `offsetUnavailable`; the partition stands still until a seek or
        /// assignment.
        case error
        case earliest
        case latest
    }

    package var kafka: KafkaConfiguration
    /// `nil` for readers that assign their partitions themselves and commit nothing.
    package var groupID: String?
    /// Makes the member static: a restart under the same id moves no partition.
    package var groupInstanceID: String?
    /// After this long without a heartbeat the group gives a member's partitions away. Brokers allow 6 s
    /// and more.
    package var sessionTimeout: Duration
    package var isolation: Isolation
    package var offsetReset: OffsetReset
    /// Whether batches tell of partitions that were read to their end.
    package var partitionEnds: Bool
    package var maxBatchRecords: Int
    package var maxBatchBytes: Int
    /// Records that wait for `next`; beyond it, reading pauses.
    package var maxBufferedRecords: Int
    /// Bytes that wait for `next`; beyond it, reading pauses. One batch more may come on top.
    package var maxBufferedBytes: Int
    /// librdkafka's own prefetched records, for all partitions together. Bounded on purpose, and generous:
    /// release 2.0.2 waits a whole second before it fetches again when this queue was full.
    package var maxPrefetchedBytes: Int
    package var minPrefetchedRecords: Int
    /// How long a broker may hold back an answer while it has nothing to give.
    package var fetchWaitMax: Duration

    package init(
        kafka: KafkaConfiguration, groupID: String? = nil, groupInstanceID: String? = nil,
        sessionTimeout: Duration = .seconds(10), isolation: Isolation = .readCommitted,
        offsetReset: OffsetReset = .error, partitionEnds: Bool = false, maxBatchRecords: Int = 1000,
        maxBatchBytes: Int = 4 << 20, maxBufferedRecords: Int = 10_000, maxBufferedBytes: Int = 32 << 20,
        maxPrefetchedBytes: Int = 64 << 20, minPrefetchedRecords: Int = 100_000,
        fetchWaitMax: Duration = .milliseconds(500)
    ) {
        self.kafka = kafka
        self.groupID = groupID
        self.groupInstanceID = groupInstanceID
        self.sessionTimeout = sessionTimeout
        self.isolation = isolation
        self.offsetReset = offsetReset
        self.partitionEnds = partitionEnds
        self.maxBatchRecords = maxBatchRecords
        self.maxBatchBytes = maxBatchBytes
        self.maxBufferedRecords = maxBufferedRecords
        self.maxBufferedBytes = maxBufferedBytes
        self.maxPrefetchedBytes = maxPrefetchedBytes
        self.minPrefetchedRecords = minPrefetchedRecords
        self.fetchWaitMax = fetchWaitMax
    }
}
