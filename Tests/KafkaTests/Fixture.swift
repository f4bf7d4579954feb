// What the suites share: quiet loggers, configurations, and waiting with a limit.

import Logging
import Synchronization
import Testing

@testable import Kafka

/// A logger that says nothing.
let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Counts the log lines of one text.
struct LineCounter: LogHandler {
    let line: String
    let counter: Counter
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    static func logger(_ line: String, _ counter: Counter) -> Logger {
        Logger(label: "test") { _ in LineCounter(line: line, counter: counter) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if event.message.description == line { counter.add() }
    }
}

/// Far more than any of the tests needs; only a hang reaches it.
let patience: Duration = .seconds(30)

struct TimeLimitPassed: Error, CustomStringConvertible {
    let what: String
    var description: String { "\(what): the time limit has passed" }
}

/// Runs `body`, and fails instead of hanging.
func within<Value: Sendable>(
    _ what: String, limit: Duration = patience, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimeLimitPassed(what: what)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw TimeLimitPassed(what: what) }
        return value
    }
}

/// Counts, and lets tests wait for a count.
final class Counter: Sendable {
    private struct State {
        var count = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    func add(_ number: Int = 1) {
        let ready = state.withLock { state in
            state.count += number
            let ready = state.waiters.filter { $0.count <= state.count }
            state.waiters.removeAll { $0.count <= state.count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Doesn't end with its task: use it only for what will come, or fails the test anyway.
    func reaches(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.count < count { state.waiters.append((count, continuation)) }
                return state.count >= count
            }
            if isReady { continuation.resume() }
        }
    }
}

/// A list that hooks and readers append to.
final class Journal<Element: Sendable>: Sendable {
    private let content = Mutex<[Element]>([])
    let counter = Counter()

    var all: [Element] { content.withLock { $0 } }

    func append(_ element: Element) {
        content.withLock { $0.append(element) }
        counter.add()
    }
}

/// Different texts that several readers have met.
final class Harvest: Sendable {
    private let content = Mutex<Set<String>>([])
    let counter = Counter()

    func insert(_ text: String) {
        if content.withLock({ $0.insert(text).inserted }) { counter.add() }
    }
}

extension MockCluster {
    func configuration(_ properties: [String: String] = [:]) -> KafkaConfiguration {
        KafkaConfiguration(bootstrapServers: bootstrapServers, clientID: "test", properties: properties)
    }

    func reader(offsetReset: ConsumerConfiguration.OffsetReset = .error, ends: Bool = false)
        -> ConsumerConfiguration
    {
        ConsumerConfiguration(
            kafka: configuration(), offsetReset: offsetReset, partitionEnds: ends,
            fetchWaitMax: .milliseconds(5))
    }

    func member(_ group: String, offsetReset: ConsumerConfiguration.OffsetReset = .earliest)
        -> ConsumerConfiguration
    {
        ConsumerConfiguration(
            kafka: configuration(["heartbeat.interval.ms": "200"]), groupID: group,
            sessionTimeout: .seconds(6),
            offsetReset: offsetReset, fetchWaitMax: .milliseconds(5))
    }
}

extension Consumer {
    /// Reads until it has `count` records; the last batch may bring more.
    func read(_ count: Int, limit: Duration = patience) async throws -> [ConsumedRecord] {
        try await within("reading \(count) records", limit: limit) { [self] in
            var records: [ConsumedRecord] = []
            while records.count < count, let batch = try await next() { records += batch.records }
            return records
        }
    }
}

extension ProducerRecord {
    /// A record with short texts.
    static func text(
        _ topic: String, _ value: String, key: String? = nil, partition: Int32? = nil
    ) -> ProducerRecord {
        ProducerRecord(
            topic: topic, partition: partition, key: key.map { Array($0.utf8) }, value: Array(value.utf8))
    }
}

extension ConsumedRecord {
    var text: String { String(decoding: value ?? [], as: UTF8.self) }
}

/// `count` records for one partition, valued `0`, `1` …
func numbered(_ topic: String, _ range: Range<Int>, partition: Int32 = 0) -> [ProducerRecord] {
    range.map { .text(topic, "\($0)", partition: partition) }
}
