import Testing

@testable import Kafka

/// The invariants that `RecordBuffer` states.
@Suite struct RecordBufferTests {
    static let partitions = (0..<4).map { TopicPartition(topic: "t", partition: $0) }

    @Test(arguments: UInt64(1)...50)
    func `records leave once, in order, and not while purged or held`(seed: UInt64) {
        var random = SplitMix(state: seed)
        var buffer = RecordBuffer()
        var written: [TopicPartition: Int64] = [:]
        /// The lowest offset that may leave next.
        var floor: [TopicPartition: Int64] = [:]
        var held: Set<TopicPartition> = []
        for _ in 0..<300 {
            let some = Set(Self.partitions.filter { _ in Bool.random(using: &random) })
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                buffer.purge(some)
                for partition in some { floor[partition] = written[partition] ?? 0 }
            case 1:
                buffer.hold(some)
                held.formUnion(some)
            case 2:
                buffer.release(some)
                held.subtract(some)
            case 3...6:
                // A held partition isn't read any further.
                append(to: &buffer, some.subtracting(held), &written)
            default:
                guard let batch = buffer.take() else { continue }
                for record in batch.records {
                    #expect(!held.contains(record.topicPartition), "seed \(seed)")
                    #expect(record.offset == floor[record.topicPartition] ?? 0, "seed \(seed)")
                    floor[record.topicPartition] = record.offset + 1
                }
            }
        }
        buffer.release(Set(Self.partitions))
        while let batch = buffer.take() {
            for record in batch.records {
                #expect(record.offset == floor[record.topicPartition] ?? 0, "seed \(seed)")
                floor[record.topicPartition] = record.offset + 1
            }
        }
        #expect(floor.filter { $0.value > 0 } == written.filter { $0.value > 0 }, "seed \(seed)")
        #expect(buffer.recordCount == 0)
        #expect(buffer.byteCount == 0)
    }

    private func append(
        to buffer: inout RecordBuffer, _ partitions: Set<TopicPartition>,
        _ written: inout [TopicPartition: Int64]
    ) {
        var batch = ConsumerBatch(generation: 1)
        for partition in partitions.sorted() {
            for _ in 0..<3 {
                let offset = written[partition] ?? 0
                batch.records.append(
                    ConsumedRecord(topicPartition: partition, offset: offset, key: nil, value: [1, 2, 3]))
                written[partition] = offset + 1
            }
        }
        buffer.append(
            batch, byteCount: batch.records.reduce(0) { $0 + RecordBuffer.cost($1) }, mergingUpTo: 20)
    }
}

/// A small generator whose sequences are the same on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
