import Kafka
import TestSupport
import Testing
import Workers

@Suite struct AssignmentTableTests {
    @Test func `A1 and A2 hold over 10,000 random sequences`() throws {
        for seed in UInt64(0)..<10_000 {
            var random = SplitMix64(seed: seed)
            var table = AssignmentTable<Int>()
            var model: [TopicPartition: (epoch: Int, state: Int)] = [:]
            var old: [(partition: TopicPartition, epoch: Int)] = []
            var last = 0
            for step in 0..<30 {
                let partition = TopicPartition(topic: "t", partition: Int32.random(in: 0...3, using: &random))
                switch Int.random(in: 0...3, using: &random) {
                case 0:
                    if let entry = model[partition] { old.append((partition, entry.epoch)) }
                    let epoch = table.assign(partition, step)
                    try #require(epoch > last, "A2, seed \(seed)")
                    last = epoch
                    model[partition] = (epoch, step)
                case 1:
                    if let entry = model.removeValue(forKey: partition) {
                        old.append((partition, entry.epoch))
                    }
                    table.revoke(partition)
                default:
                    guard let entry = model[partition] else { continue }
                    let seen = table.with(partition, epoch: entry.epoch) { state in
                        defer { state += 1 }
                        return state
                    }
                    try #require(seen == entry.state, "seed \(seed)")
                    model[partition]?.state += 1
                }
                for (partition, epoch) in old {
                    try #require(table.with(partition, epoch: epoch) { $0 } == nil, "A1, seed \(seed)")
                }
                try #require(Set(table.assignments.map(\.partition)) == Set(model.keys), "seed \(seed)")
            }
        }
    }
}
