import TestSupport
import Testing
import Workers

@Suite struct KeyChainsTests {
    @Test func `K1 to K3 hold over 10,000 random sequences`() throws {
        for seed in UInt64(0)..<10_000 {
            var random = SplitMix64(seed: seed)
            var chains = KeyChains<Int64>()
            var model: [String: Set<Int64>] = [:]
            for position in Array(Int64(0)..<40).shuffled(using: &random) {
                let key = ["a", "b", "c"].randomElement(using: &random) ?? "a"
                if Int.random(in: 0...2, using: &random) > 0 {
                    chains.insert(position, key: key, position: position)
                    model[key, default: []].insert(position)
                } else if let member = model[key]?.randomElement(using: &random) {
                    chains.remove(member, key: key)
                    model[key]?.remove(member)
                }
                for key in ["a", "b", "c"] {
                    try #require(chains.head(of: key) == model[key]?.min(), "K1, seed \(seed)")
                    try #require(chains.members(of: key) == (model[key] ?? []).sorted(), "K2, seed \(seed)")
                }
                try #require(chains.keyCount == model.values.count { !$0.isEmpty }, "K3, seed \(seed)")
            }
        }
    }
}

@Suite struct DuplicateWindowTests {
    @Test func `an id is refused within the window and accepted after it`() {
        var window = DuplicateWindow<String>(countLimit: 2, ageLimit: 100)
        let seen = [("a", 0), ("a", 100), ("a", 101), ("b", 101), ("c", 101)].map {
            window.insert($0.0, at: $0.1)
        }
        #expect(seen == [true, false, true, true, true])
        #expect(window.count == 2)
        let returned = window.insert("a", at: 101)
        #expect(returned)
    }
}

@Suite struct BudgetTests {
    @Test func `a full budget opens again at half of both limits`() {
        var budget = Budget(countLimit: 4, byteLimit: 100)
        for _ in 0..<4 { budget.take(10) }
        #expect(budget.isFull)
        budget.release(count: 1, bytes: 10)
        #expect(budget.isFull)
        budget.release(count: 1, bytes: 10)
        #expect(!budget.isFull)
        budget.take(90)
        #expect(budget.isFull)
        budget.release(count: 1, bytes: 90)
        #expect(!budget.isFull)
    }
}
