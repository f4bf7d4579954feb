import Flow
import Kafka
import Pipeline
import TestSupport

@testable import Pipeline

/// A waiting topic's partition that is never compacted: records, and offsets that markers and aborted records took.
struct FloorTopic {
    /// What a takeover finds in it.
    struct Contents: Equatable {
        var runs: [String] = []
        var starts: [RunKey: StartNote] = [:]
        var unreadable: [Int64] = []
        var apart: [[UInt8]: Int64] = [:]
    }

    private var entries: [(offset: Int64, record: WireRecord)] = []
    /// Where the newest record of each key lies that is no tombstone.
    private var newest: [[UInt8]: Int64] = [:]
    private(set) var end: Int64 = 0

    var count: Int { entries.count }

    func count(below offset: Int64) -> Int { entries.prefix { $0.offset < offset }.count }

    func record(at offset: Int64) -> WireRecord? { entries.first { $0.offset == offset }?.record }

    /// The first record that counts.
    var first: Int64? { newest.values.min() }

    /// In order, so that a seed repeats its history.
    var waitingRuns: [RunKey] { newest.keys.compactMap { RunKey(waitingKey: $0) }.sorted { $0.id < $1.id } }

    static func consumed(_ record: WireRecord, at offset: Int64, of partition: TopicPartition)
        -> ConsumedRecord
    {
        ConsumedRecord(
            topicPartition: partition, offset: offset, timestamp: offset, timestampKind: .append,
            key: record.key, value: record.value,
            headers: record.headers.map { RecordHeader(name: $0.name, value: $0.value) })
    }

    // MARK: Writing

    @discardableResult
    mutating func append(_ record: WireRecord) -> Int64 {
        entries.append((end, record))
        if let key = record.key { newest[key] = record.value == nil ? nil : end }
        end += 1
        return end - 1
    }

    /// A predecessor's transaction may have ended without a record that anybody sees.
    mutating func abort() {
        end += end % 3 == 0 ? 1 : 0
    }

    /// Writes what goes to this topic, in the order of `OutputWriter`.
    ///
    /// - Parameter strange: of a hundred records, so many come with one of somebody else, or without a word of their place.
    mutating func write(
        _ records: [WireRecord], isAtomic: Bool, isCommitted: Bool, strange: Int,
        _ tally: inout FloorHistory.Tally, using random: inout SplitMix64
    ) -> [Delivery] {
        let isLast = OutputWriter.lastTombstones(records.map(\.producerRecord))
        let order =
            isAtomic
            ? Array(records.indices)
            : records.indices.filter { !isLast[$0] } + records.indices.filter { isLast[$0] }
        var offsets = [Int64?](repeating: nil, count: records.count)
        for index in order where records[index].topic == FloorHistory.waiting.topic {
            let roll = Int.random(in: 0..<100, using: &random)
            if roll < strange {
                tally.strangers += 1
                append(
                    WireRecord(
                        topic: FloorHistory.waiting.topic, key: Array("other\(tally.strangers)".utf8),
                        value: [1]))
            }
            let offset = end
            if isCommitted { append(records[index]) } else { end += 1 }
            let isUntold = roll >= 100 - strange
            if isUntold { tally.untold += 1 }
            offsets[index] = isUntold ? nil : offset
        }
        if isAtomic, records.contains(where: { $0.topic == FloorHistory.waiting.topic }) { end += 1 }
        return zip(records, offsets).map { record, offset in
            Delivery(
                topicPartition: TopicPartition(topic: record.topic, partition: record.partition ?? 0),
                offset: offset, appendTime: nil)
        }
    }

    // MARK: Reading

    func state(from floor: Int64) -> WaitingState {
        var state = WaitingState(payloadLimit: .max)
        for entry in entries where entry.offset >= floor {
            state.take(Self.consumed(entry.record, at: entry.offset, of: FloorHistory.waiting))
        }
        return state
    }

    func contents(from floor: Int64) -> Contents {
        var state = state(from: floor)
        var contents = Contents(
            starts: state.starts, unreadable: state.unreadable.map(\.offset), apart: state.apart)
        state.drain { run in
            contents.runs.append("\(run.offset) \(run.timestamp) \(run.note.cause) \(run.note.run)")
        }
        contents.runs.sort()
        return contents
    }
}
