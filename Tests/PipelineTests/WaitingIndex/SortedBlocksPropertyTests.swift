import TestSupport
import Testing

@testable import Pipeline

@Suite struct SortedBlocksPropertyTests {
    @Test func `B1 and B2 hold over 10,000 random sequences`() throws {
        try withSeed(runs: 10_000) { random in
            let limit = Int.random(in: 4...9, using: &random)
            var blocks = SortedBlocks<Int>(blockLimit: limit)
            var model: Set<Int> = []
            // Rising, falling and mixed elements, and phases that mostly add or mostly take out.
            let step = Int.random(in: -2...2, using: &random)
            for turn in 0..<Int.random(in: 1...120, using: &random) {
                let element = turn * step + Int.random(in: 0...40, using: &random)
                switch Int.random(in: 0...5, using: &random) {
                case 0:
                    try #require(blocks.popFirst() == model.min())
                    if let first = model.min() { model.remove(first) }
                case 1...(turn % 40 < 20 ? 1 : 3):
                    let present = model.randomElement(using: &random) ?? element
                    try #require(blocks.remove(present) == (model.remove(present) != nil))
                default: try #require(blocks.insert(element) == model.insert(element).inserted)
                }
                try compare(blocks, model, element, limit)
            }
        }
    }

    private func compare(_ blocks: SortedBlocks<Int>, _ model: Set<Int>, _ element: Int, _ limit: Int) throws
    {
        let sorted = model.sorted()
        try #require(Array(blocks.elements) == sorted, "B1")
        try #require(blocks.count == sorted.count, "B1")
        try #require(blocks.first(from: { $0 < element }) == sorted.first { $0 >= element }, "B1")
        try #require(blocks.last(before: { $0 < element }) == sorted.last { $0 < element }, "B1")
        let counts = blocks.blocks.map(\.count)
        try #require(counts.allSatisfy { (1...limit).contains($0) }, "B2: \(counts)")
        try #require(zip(counts, counts.dropFirst()).allSatisfy { $0 + $1 > limit / 2 }, "B2: \(counts)")
    }

    @Test func `elements that come in order fill their blocks`() {
        var (rising, falling) = (SortedBlocks<Int>(blockLimit: 8), SortedBlocks<Int>(blockLimit: 8))
        for element in 0..<800 {
            rising.insert(element)
            falling.insert(-element)
        }
        #expect(rising.blocks.map(\.count) == [Int](repeating: 8, count: 100))
        #expect(falling.blocks.map(\.count) == [Int](repeating: 8, count: 100))
    }
}
