import TestSupport
import Testing

@testable import Pipeline

@Suite struct KeyChainsTests {
    @Test func `K1 to K3 hold over 10,000 random sequences`() throws {
        for seed in UInt64(0)..<10_000 {
            var random = SplitMix64(seed: seed)
            var chains = KeyChains<String, Int64>()
            var model: [String: Set<Int64>] = [:]
            for position in Array(Int64(0)..<40).shuffled(using: &random) {
                let key = ["a", "b", "c"].randomElement(using: &random) ?? "a"
                if Int.random(in: 0...2, using: &random) > 0 {
                    chains.insert(position, key: key, position: position)
                    model[key, default: []].insert(position)
                } else if let member = model[key]?.randomElement(using: &random) {
                    chains.remove(key: key, position: member)
                    model[key]?.remove(member)
                }
                try compare(chains, model, below: position, seed)
            }
        }
    }

    private func compare(
        _ chains: KeyChains<String, Int64>, _ model: [String: Set<Int64>], below position: Int64,
        _ seed: UInt64
    ) throws {
        for key in ["a", "b", "c"] {
            let members = (model[key] ?? []).sorted()
            try #require(chains.head(of: key) == members.first, "K1, seed \(seed)")
            try #require(chains.members(of: key) == members, "K2, seed \(seed)")
            try #require(
                chains.last(of: key, below: position) == members.last { $0 < position }, "K1, seed \(seed)")
            try #require(chains.has(moreThan: 3, of: key) == (members.count > 3), "K2, seed \(seed)")
        }
        try #require(chains.count == model.values.reduce(0) { $0 + $1.count }, "K3, seed \(seed)")
    }
}
