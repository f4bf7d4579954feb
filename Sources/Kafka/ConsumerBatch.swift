// What a consumer hands over at a time.

/// Records of one assignment, in offset order within each partition.
package struct ConsumerBatch: Sendable {
    package var records: [ConsumedRecord]
    /// Partitions whose end was reached after these records; filled only with `partitionEnds`.
    package var ends: [PartitionEnd]
    /// The number of the assignment that the records were read under. It grows with each assignment, so that
    /// work of an old one can be told apart and dropped.
    package var generation: Int

    package init(records: [ConsumedRecord] = [], ends: [PartitionEnd] = [], generation: Int) {
        self.records = records
        self.ends = ends
        self.generation = generation
    }

    /// No record and no end: the wait was over before anything came.
    package var isEmpty: Bool { records.isEmpty && ends.isEmpty }
}
