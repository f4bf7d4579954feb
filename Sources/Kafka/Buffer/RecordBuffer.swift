// What lies between a consumer's polling thread and its reader, as a pure value.
//
// Invariants, tested with random sequences:
//   1. Batches leave in the order in which they came; each record leaves at most once.
//   2. No record of a purged partition leaves, unless it came after the purge.
//   3. No record of a held partition leaves before its release; then it leaves ahead of all that came later.
//   4. `recordCount` and `byteCount` are those of the batches that may leave; held ones are not counted.

/// Batches that wait for the reader.
///
/// Held records are bounded by the buffer's limits for each hold: a partition that is paused isn't read any
/// further.
struct RecordBuffer {
    fileprivate struct Entry {
        var batch: ConsumerBatch
        var byteCount: Int
    }

    /// Those before `head` have left; they are dropped now and then, not one by one.
    private var entries: [Entry] = []
    private var head = 0
    private var held: [TopicPartition: Entry] = [:]
    private(set) var recordCount = 0
    private(set) var byteCount = 0

    /// - Parameter limit: a reader that is behind gets small batches together, up to this many records.
    mutating func append(_ batch: ConsumerBatch, byteCount: Int, mergingUpTo limit: Int) {
        guard !batch.isEmpty else { return }
        recordCount += batch.records.count
        self.byteCount += byteCount
        // An end is told after the records before it, so a batch with ends takes no more records.
        let last = entries.count - 1
        if last >= head, entries[last].batch.ends.isEmpty,
            entries[last].batch.records.count + batch.records.count <= limit
        {
            entries[last].batch.records += batch.records
            entries[last].batch.ends = batch.ends
            entries[last].byteCount += byteCount
        } else {
            entries.append(Entry(batch: batch, byteCount: byteCount))
        }
    }

    /// The oldest batch.
    mutating func take() -> ConsumerBatch? {
        guard head < entries.count else { return nil }
        let entry = entries[head]
        entries[head] = entry.asEmpty
        head += 1
        if head == entries.count || head >= 64 { compact() }
        recordCount -= entry.batch.records.count
        byteCount -= entry.byteCount
        return entry.batch
    }

    /// Forgets everything of these partitions, held records included.
    mutating func purge(_ partitions: Set<TopicPartition>) {
        for partition in partitions { held[partition] = nil }
        _ = remove(partitions)
    }

    mutating func purgeAll() {
        self = RecordBuffer()
    }

    /// Keeps the records of these partitions back until they are released.
    mutating func hold(_ partitions: Set<TopicPartition>) {
        for (partition, entry) in remove(partitions) {
            guard var older = held[partition] else {
                held[partition] = entry
                continue
            }
            older.batch.records += entry.batch.records
            older.batch.ends += entry.batch.ends
            older.byteCount += entry.byteCount
            held[partition] = older
        }
    }

    /// Lets held records go again, before all others: later records of the partition may be on their way
    /// already.
    mutating func release(_ partitions: Set<TopicPartition>) {
        compact()
        for partition in partitions.sorted(by: >) {
            guard let entry = held.removeValue(forKey: partition) else { continue }
            entries.insert(entry, at: 0)
            recordCount += entry.batch.records.count
            byteCount += entry.byteCount
        }
    }

    private mutating func compact() {
        entries.removeFirst(head)
        head = 0
    }

    /// Takes these partitions' records out of all batches and returns them, oldest first, by partition.
    private mutating func remove(_ partitions: Set<TopicPartition>) -> [TopicPartition: Entry] {
        compact()
        var removed: [TopicPartition: Entry] = [:]
        for index in entries.indices {
            let batch = entries[index].batch
            guard
                batch.records.contains(where: { partitions.contains($0.topicPartition) })
                    || batch.ends.contains(where: { partitions.contains($0.topicPartition) })
            else { continue }
            var rest = Entry(batch: ConsumerBatch(generation: batch.generation), byteCount: 0)
            for record in batch.records {
                if partitions.contains(record.topicPartition) {
                    removed[record.topicPartition, default: rest.asEmpty].add(record)
                } else {
                    rest.add(record)
                }
            }
            for end in batch.ends {
                if partitions.contains(end.topicPartition) {
                    removed[end.topicPartition, default: rest.asEmpty].batch.ends.append(end)
                } else {
                    rest.batch.ends.append(end)
                }
            }
            entries[index] = rest
        }
        entries.removeAll(where: \.batch.isEmpty)
        recordCount = entries.reduce(0) { $0 + $1.batch.records.count }
        byteCount = entries.reduce(0) { $0 + $1.byteCount }
        return removed
    }
}

extension RecordBuffer.Entry {
    fileprivate var asEmpty: Self { Self(batch: ConsumerBatch(generation: batch.generation), byteCount: 0) }

    fileprivate mutating func add(_ record: ConsumedRecord) {
        batch.records.append(record)
        byteCount += RecordBuffer.cost(record)
    }
}

extension RecordBuffer {
    /// The memory of a record: its contents and about as much as its arrays take beside them.
    static func cost(_ record: ConsumedRecord) -> Int { record.byteCount + 200 }
}
