import Flow
import Kafka
import Workers

/// What a matcher holds of its assigned partitions, and what it has still to write: one value behind one lock.
///
/// A partition's commits never go back: an end that was reached counts only while nothing behind it was decided.
struct MatchBoard: Sendable {
    var generation = 0
    var isRevoking = false
    /// Of the assignment that the rest belongs to.
    var membership: Membership?
    var windows: [TopicPartition: DuplicateWindow<RunID>] = [:]
    var records: [ProducerRecord] = []
    var byteCount = 0
    private var offsets: [TopicPartition: Int64] = [:]
    /// Where partitions ended beyond their last records; committed now and then.
    private var ends: [TopicPartition: Int64] = [:]
    var isWriting = false

    var hasPending: Bool { !records.isEmpty || !offsets.isEmpty }

    /// What was decided of this record is among the records to write.
    mutating func decided(_ offset: Int64, of partition: TopicPartition) {
        offsets[partition] = offset + 1
        // An end that was reached before it is none any more.
        ends[partition] = nil
    }

    /// All records before the end were decided.
    mutating func reached(_ end: PartitionEnd) {
        ends[end.topicPartition] = end.offset
    }

    /// A partition is gone, with what was still to be committed for it.
    mutating func forget(_ partition: TopicPartition) {
        windows[partition] = nil
        offsets[partition] = nil
        ends[partition] = nil
    }

    /// Hands over what is to be written in one commit.
    mutating func take() -> (records: [ProducerRecord], offsets: [OffsetCommit], member: Membership?) {
        let commits = offsets.map {
            OffsetCommit(topicPartition: $0.key, offset: $0.value, metadata: nil)
        }
        defer {
            isWriting = hasPending
            records = []
            byteCount = 0
            offsets = [:]
        }
        return (records, commits, membership)
    }

    /// Has frontiers committed that only moved past their partition's end: they tell retention's overtaking from an
    /// idle partition, whose last records are markers of transactions.
    mutating func commitEnds() {
        offsets.merge(ends) { max($0, $1) }
        ends = [:]
    }
}
