import Flow
import TestSupport
import Testing

@testable import Pipeline

@Suite struct RunIndexPropertyTests {
    @Test func `a run takes 104 bytes of the index`() {
        #expect(MemoryLayout<CompactRun?>.stride == 104)
        #expect(MemoryLayout<DueRun>.stride == 24)
    }

    @Test func `X1 to X3 hold over 1,000 random sequences`() throws {
        try withSeed(runs: 1_000) { random in
            var index = RunIndex()
            var model: [RunKey: PartitionQueue.Entry] = [:]
            for _ in 0..<Int.random(in: 1...80, using: &random) {
                let key = RunKey(
                    id: RunID(high: 1, low: UInt64.random(in: 0...20, using: &random)),
                    replay: Int.random(in: 0...1, using: &random))
                switch Int.random(in: 0...5, using: &random) {
                case 0:
                    index[key] = nil
                    model[key] = nil
                case 1:
                    let state = Self.states.randomElement(using: &random) ?? .ready
                    index.change(key, to: state)
                    model[key]?.state = state
                default:
                    let entry = entry(key, like: model[key], using: &random)
                    index[key] = entry
                    model[key] = entry
                }
                try compare(index, model)
            }
        }
    }

    private static let states: [PartitionQueue.State] = [
        .queued, .ready, .loading, .running, .waiting(.held), .waiting(.retry), .waiting(.behind),
    ]

    /// A run's key, place, order and store stay; all else changes.
    private func entry(
        _ key: RunKey, like old: PartitionQueue.Entry?, using random: inout SplitMix64
    ) -> PartitionQueue.Entry {
        let number = Int64(key.id.low) * 2 + Int64(key.replay)
        let record = WireRecord(topic: "actions", key: nil, value: [UInt8.random(in: 0...9, using: &random)])
        return PartitionQueue.Entry(
            run: QueuedRun(
                key: key, position: old?.run.position ?? number - 3,
                orderingKey: number % 5 == 0 ? nil : "key \(number % 3)", store: "store \(number % 4)",
                attempts: Int.random(in: 0...60, using: &random),
                age: Int64.random(in: 0...1 << 40, using: &random),
                firstAttempt: Bool.random(using: &random)
                    ? Int64.random(in: 0...1 << 50, using: &random) : nil,
                record: Bool.random(using: &random) ? record : nil),
            state: Self.states.randomElement(using: &random) ?? .ready, isParked: Bool.random(using: &random),
            waitingOffset: Bool.random(using: &random) ? Int64.random(in: 0...1 << 50, using: &random) : nil,
            stamp: UInt32.random(in: 0...9, using: &random), isLoaded: Bool.random(using: &random),
            detail: ["pause/a", "connection/slack@s", "decision"].randomElement(using: &random) ?? "")
    }

    private func compare(_ index: RunIndex, _ model: [RunKey: PartitionQueue.Entry]) throws {
        try #require(index.count == model.count, "X1")
        for (key, entry) in model {
            let slot = try #require(index.slot(of: key), "X1")
            for found in [index[key], index[slot: slot]] {
                let found = try #require(found, "X1")
                try #require(found.run == entry.run && found.state == entry.state, "X1")
                try #require(found.isParked == entry.isParked && found.isLoaded == entry.isLoaded, "X1")
                try #require(
                    found.waitingOffset == entry.waitingOffset && found.stamp == entry.stamp, "X1")
            }
        }
        let held = model.values.filter { $0.state == .waiting(.held) }.sorted {
            $0.run.position < $1.run.position
        }
        let found = index.held.values.map { held in
            (held.hold, held.places.elements.map { index.key(at: $0.slot) })
        }
        try #require(
            Dictionary(found, uniquingKeysWith: +)
                == Dictionary(grouping: held) { Hold($0.detail) }.mapValues { $0.map(\.run.key) }, "X2")
        for number in 0...2 {
            let key = OrderingKey("key \(number)")
            let queued = model.values.filter { $0.state == .queued && $0.run.orderingKey == key }
                .map(\.run).sorted { $0.position < $1.position }
            try #require(
                index.queued.members(of: key).map { index.key(at: $0) } == queued.map(\.key), "X2")
        }
        try #require(index.stores.count == Set(model.values.map(\.run.store)).count, "X3")
    }
}
