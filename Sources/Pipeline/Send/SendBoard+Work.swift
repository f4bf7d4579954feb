import Flow
import Kafka

// What a send board hands out: runs that may begin, bytes to read again, and what one commit takes along.

extension SendBoard {
    /// A run that may begin, with the assignment that it belongs to.
    package struct Work: Sendable {
        package let partition: TopicPartition
        package let epoch: Int
        package let run: QueuedRun
        /// How often held runs were let go when it began: a later time is another reason to try again.
        let releases: Int
        /// The gates that it passed.
        let route: Route
        let passes: Passes
    }

    /// Runs of one partition whose bytes have to be read again.
    package struct Loads: Sendable {
        package let partition: TopicPartition
        package let epoch: Int
        package let loads: [PartitionQueue.Load]
    }

    /// One record to write.
    package struct Write: Sendable {
        package let partition: TopicPartition
        package let epoch: Int
        package let record: WireRecord
        /// Set for waiting records: whom to tell when it is acknowledged.
        package let parked: ParkedRun?
    }

    /// Everything that one commit takes along.
    package struct Batch: Sendable {
        package var writes: [Write] = []
        package var offsets: [OffsetCommit] = []
        package var settledCount = 0
        package var settledBytes = 0
        /// Attempts whose outcome it brings.
        package var attempts = 0
        /// Attempts whose notes it brings.
        var announced: [RunKey] = []
        /// Notes that may be removed once it is written.
        var ending: [StartBook.Late] = []
        /// The count of records that its settled ones belong to: they are released from no other.
        var opening = 0
    }
}
