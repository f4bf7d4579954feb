// Reads the dead topic.

import Flow
import Kafka
import Logging
import Workers

/// Goes through the dead topic, from the newest records to older ones, and keeps no more than is asked for.
///
/// Each partition is read backwards in stretches: what is wanted is mostly at the end, and the topic may be long.
struct DeadReader: Sendable {
    private static let stretch: Int64 = 2_000
    private static let bound = Duration.seconds(30)
    private static let questionBound = Duration.seconds(8)

    let topic: String
    let reader: PartitionReader
    let partitions: Int

    /// Opens a reader, and closes it when the body is done.
    static func open<Value: Sendable>(
        _ settings: Settings, _ body: @Sendable (DeadReader) async throws -> Value
    ) async throws -> Value {
        let (kafka, topic) = (try settings.kafka(), settings.topics.dead)
        let counts = try await TopicCheck.run([topic], kafka, settings.logger)
        let reader = try PartitionReader(kafka, logger: settings.logger)
        do {
            let value = try await body(
                DeadReader(topic: topic, reader: reader, partitions: counts[topic] ?? 0))
            await reader.close()
            return value
        } catch {
            await reader.close()
            throw error
        }
    }

    /// The newest entries that fit, newest first, at most `limit`; without their values, which may be large.
    func newest(_ limit: Int, _ filter: DeadFilter) async throws -> [DeadEntry] {
        var found: [DeadEntry] = []
        for partition in 0..<Int32(partitions) {
            found += try await newest(limit, filter, in: TopicPartition(topic: topic, partition: partition))
            // By partition and offset where times are equal, so that equal topics give equal lists.
            found.sort { ($0.timestamp, $0.partition, $0.offset) > ($1.timestamp, $1.partition, $1.offset) }
            found.removeLast(max(0, found.count - limit))
        }
        return found
    }

    private func newest(
        _ limit: Int, _ filter: DeadFilter, in partition: TopicPartition
    ) async throws -> [DeadEntry] {
        let (low, high) = try await reader.watermarks(of: partition, within: Self.questionBound)
        var found: [DeadEntry] = []
        var end = high
        while end > low, found.count < limit {
            let start = max(low, end - Self.stretch)
            var part: [DeadEntry] = []
            var isPast = false
            let stretch = PartitionReader.Stretch(partition, from: start, to: end)
            try await reader.read([stretch], within: Self.bound) { records in
                for record in records {
                    if let since = filter.since, record.timestamp >= 0, record.timestamp < since {
                        isPast = true
                    }
                    if let entry = DeadEntry(record), filter.fits(entry) { part.append(entry.withoutValue) }
                }
            }
            found += part.reversed().prefix(limit - found.count)
            // The broker's times only grow: what lies before is older still.
            if isPast { break }
            end = start
        }
        return found
    }

    /// The record at a place.
    func entry(partition: Int32, offset: Int64) async throws -> DeadEntry? {
        guard (0..<Int32(partitions)).contains(partition) else { return nil }
        let place = TopicPartition(topic: topic, partition: partition)
        let (low, high) = try await reader.watermarks(of: place, within: Self.questionBound)
        guard (low..<high).contains(offset) else { return nil }
        var entry: DeadEntry?
        let stretch = PartitionReader.Stretch(place, from: offset, to: offset + 1)
        try await reader.read([stretch], within: Self.bound) { records in
            entry = records.first { $0.offset == offset }.flatMap { DeadEntry($0) }
        }
        return entry
    }
}
