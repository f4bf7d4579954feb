// Writes new versions of entities, and learns which of them won.

import Flow
import Kafka
import Logging

/// A writer beside any number of others. No lock is needed: each change becomes the version after the one that it was
/// made from, the first record of a version in the topic wins, and the writer reads back what it wrote.
///
/// Some changes of one call may win while others lose. What needs an entity that lost is not written: a workflow whose app
/// could not be installed was checked against a store that isn't there.
package final class RegistryWriter: Sendable {
    /// Records that are handed to Kafka at a time.
    private static let batchLimit = 1000

    private let reader: RegistryReader
    private let producer: Producer
    private let makeNonce: @Sendable () -> String
    private let limit: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - reader: must keep the history, and be running.
    ///   - limit: how long reading up to the end may take, before and after writing.
    ///   - nonce: what tells this writer's records from others'; random by default.
    package init(
        _ reader: RegistryReader, limit: Duration = .seconds(30),
        nonce: @escaping @Sendable () -> String = { RegistryWriter.randomNonce() }, logger: Logger
    ) throws {
        guard reader.history != nil else { throw RegistryError.historyNeeded }
        self.reader = reader
        self.limit = limit
        self.logger = logger
        makeNonce = nonce
        producer = try Producer(reader.configuration.kafka, logger: logger)
    }

    package static func randomNonce() -> String {
        String(UInt64.random(in: (1 << 60)...UInt64.max), radix: 16)
    }

    /// Writes the changes whose entity is still at the expected version, those that others need first.
    ///
    /// - Returns: what became of each, in the same order.
    /// - Throws: when the registry can't be read to its end; what was written by then stands.
    package func apply(_ changes: [RegistryChange]) async throws -> [AppliedChange] {
        try await reader.catchUp(within: limit)
        var rounds = WriteRounds(changes)
        while let round = rounds.next() {
            rounds.note(try await write(round.map { changes[$0] }), of: round)
        }
        return rounds.results
    }

    /// Writes changes that don't need each other.
    private func write(_ changes: [RegistryChange]) async throws -> [AppliedChange] {
        let directory = reader.directory
        let entries = changes.map { entry(for: $0, in: directory) }
        let faults = try await write(entries.compactMap { $0 })
        let result = outcomes(of: changes, entries, faults, before: directory)
        await cleanUp(entries.compactMap { $0 })
        return result
    }

    /// Ends the writer; the reader stays.
    package func close(within duration: Duration) async {
        await producer.close(within: duration)
    }

    /// Nil for a change that comes too late.
    private func entry(for change: RegistryChange, in directory: Directory) -> RegistryEntry? {
        let newest = directory.newest(change.kind, change.id)?.version ?? 0
        guard newest == change.expectedVersion, newest < RegistryEntry.versionLimit else { return nil }
        return RegistryEntry(
            kind: change.kind, id: change.id, version: newest + 1, nonce: makeNonce(), body: change.body)
    }

    /// Writes the entries and reads them back.
    ///
    /// - Returns: by key, why a record may not have been written.
    private func write(_ entries: [RegistryEntry]) async throws -> [String: String] {
        guard !entries.isEmpty else { return [:] }
        let records = entries.map { record($0.key, $0.value.jsonBytes) }
        var faults: [String: String] = [:]
        var end: Int64? = 0
        for start in stride(from: 0, to: records.count, by: Self.batchLimit) {
            let batch = Array(records[start..<min(start + Self.batchLimit, records.count)])
            do {
                let deliveries = try await producer.send(batch)
                end = Self.end(end, deliveries.map(\.offset))
            } catch let error as SendError {
                for failure in error.failures {
                    faults[entries[start + failure.index].key] = "\(failure.error)"
                }
                // A record without an acknowledgement may still be there, so all has to be read.
                end = nil
            }
        }
        if let end {
            try await reader.reach(end, within: limit)
        } else {
            try await reader.catchUp(within: limit)
        }
        return faults
    }

    /// The end of what was written; nil once a broker didn't say.
    private static func end(_ end: Int64?, _ offsets: [Int64?]) -> Int64? {
        offsets.reduce(end) { end, offset in
            guard let end, let offset else { return nil }
            return max(end, offset + 1)
        }
    }

    private func outcomes(
        of changes: [RegistryChange], _ entries: [RegistryEntry?], _ faults: [String: String],
        before: Directory
    ) -> [AppliedChange] {
        let after = reader.directory
        return zip(changes, entries).map { change, entry in
            guard let entry else {
                let newest = before.newest(change.kind, change.id)?.version ?? 0
                return AppliedChange(
                    change: change, version: change.expectedVersion + 1,
                    outcome: newest == change.expectedVersion
                        ? .failed("its version \(newest) is the last that there can be")
                        : .changedMeanwhile(newest: newest))
            }
            let winner = after.winner(entry.kind, entry.id, version: entry.version)
            let outcome: AppliedChange.Outcome =
                if let winner {
                    winner == entry.nonce ? .won : .lost(to: winner)
                } else {
                    .failed(faults[entry.key] ?? "it was not there when it was read back")
                }
            return AppliedChange(change: change, version: entry.version, outcome: outcome)
        }
    }

    /// Removes what nobody needs of the entities that were written. It is only thrift: what stays is removed by the
    /// next writer.
    private func cleanUp(_ entries: [RegistryEntry]) async {
        guard let history = reader.history else { return }
        var seen: Set<String> = []
        let keys = entries.filter { seen.insert("\($0.kind.rawValue)/\($0.id)").inserted }
            .flatMap { history.superfluousKeys($0.kind, $0.id) }
        for start in stride(from: 0, to: keys.count, by: Self.batchLimit) {
            let batch = keys[start..<min(start + Self.batchLimit, keys.count)].map { record($0, nil) }
            do {
                _ = try await producer.send(batch)
            } catch {
                logger.warning(
                    "registry not tidied",
                    metadata: [
                        RegistryLogKeys.count: "\(batch.count)", RegistryLogKeys.reason: "\(error)",
                    ])
                return
            }
        }
    }

    private func record(_ key: String, _ value: [UInt8]?) -> ProducerRecord {
        let partition = reader.configuration.partition
        return ProducerRecord(
            topic: partition.topic, partition: partition.partition, key: Array(key.utf8), value: value)
    }
}
