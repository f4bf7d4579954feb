import TestSupport
import Testing
import Workers

@Suite struct FairQueueTests {
    @Test func `Q1 to Q3 hold over 10,000 random sequences`() throws {
        for seed in UInt64(0)..<10_000 {
            var random = SplitMix64(seed: seed)
            var queue = FairQueue<Int, Int>()
            var model: [Int: [Int]] = [:]
            /// Turns that others had since an owner's last, while it had members.
            var passed: [Int: [Int]] = [:]
            for number in 0..<60 {
                if Int.random(in: 0...2, using: &random) > 0 {
                    let owner = Int.random(in: 0...4, using: &random)
                    queue.append(number, of: owner)
                    if model[owner, default: []].isEmpty { passed[owner] = [] }
                    model[owner, default: []].append(number)
                } else if let (owner, member) = queue.popFirst() {
                    try #require(model[owner]?.first == member, "Q1, seed \(seed)")
                    model[owner]?.removeFirst()
                    for other in passed.keys where other != owner && model[other]?.isEmpty == false {
                        passed[other]?.append(owner)
                        let turns = passed[other]?.filter { $0 == owner }.count ?? 0
                        // An owner that came anew stands behind those that wait, so it may be passed once more.
                        try #require(turns <= 2, "Q2, seed \(seed)")
                    }
                    passed[owner] = model[owner]?.isEmpty == false ? [] : nil
                }
                let waiting = model.values.reduce(0) { $0 + $1.count }
                try #require(queue.count == waiting, "seed \(seed)")
            }
            while queue.popFirst() != nil {}
            try #require(queue.isEmpty && (0...4).allSatisfy { queue.count(of: $0) == 0 }, "Q3, seed \(seed)")
        }
    }

    @Test func `a flood of one owner delays others by one member each`() {
        var queue = FairQueue<String, Int>()
        for number in 0..<1_000 { queue.append(number, of: "flood") }
        queue.append(1, of: "quiet")
        queue.append(2, of: "quiet")
        let owners = (0..<5).compactMap { _ in queue.popFirst()?.owner }
        #expect(owners == ["flood", "quiet", "flood", "quiet", "flood"])
    }

    @Test func `weights are members in a turn`() {
        var queue = FairQueue<String, Int> { $0 == "large" ? 3 : 1 }
        for number in 0..<9 {
            queue.append(number, of: "large")
            queue.append(number, of: "small")
        }
        let owners = (0..<8).compactMap { _ in queue.popFirst()?.owner }
        #expect(owners == ["large", "large", "large", "small", "large", "large", "large", "small"])
    }
}
