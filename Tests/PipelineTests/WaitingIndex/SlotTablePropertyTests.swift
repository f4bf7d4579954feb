import TestSupport
import Testing

@testable import Pipeline

@Suite struct SlotTablePropertyTests {
    /// Many of one hash, so that the table's neighbours collide.
    private struct Number: Hashable, Sendable {
        let number: Int

        func hash(into hasher: inout Hasher) { hasher.combine(number % 7) }
    }

    private struct Item: Identifiable, Hashable, Sendable {
        let id: Number
        let content: Int
    }

    @Test func `T1 to T3 hold over 1,000 random sequences`() throws {
        try withSeed(runs: 1_000) { random in
            var table = SlotTable<Item>()
            var model: [Number: (slot: UInt32, content: Int)] = [:]
            for turn in 0..<Int.random(in: 1...150, using: &random) {
                let id = Number(number: Int.random(in: 0...60, using: &random))
                if Int.random(in: 0...9, using: &random) < (turn % 60 < 30 ? 7 : 3) {
                    let slot = table.update(Item(id: id, content: turn))
                    try #require(model[id].map { $0.slot == slot } ?? true, "T2")
                    model[id] = (slot, turn)
                } else if let old = model.removeValue(forKey: id) {
                    table.remove(old.slot)
                }
                try compare(table, model)
            }
            var drained: [Number: Int] = [:]
            table.drain { drained[$0.id] = $0.content }
            try #require(drained == model.mapValues(\.content))
            try #require(table.blocks.isEmpty && table.table.isEmpty && table.isEmpty, "T3")
        }
    }

    /// Cells that take memory.
    private func cellCount(_ table: SlotTable<Item>) -> Int { table.blocks.reduce(0) { $0 + $1.cells.count } }

    private func compare(_ table: SlotTable<Item>, _ model: [Number: (slot: UInt32, content: Int)]) throws {
        for number in 0...60 {
            let id = Number(number: number)
            try #require(table.slot(of: id) == model[id]?.slot, "T1")
            if let (slot, content) = model[id] {
                try #require(table[slot] == Item(id: id, content: content), "T1")
            }
        }
        var count = 0
        table.forEach { _, _ in count += 1 }
        try #require(count == model.count && table.count == model.count, "T1")
        let (slots, numbers) = (cellCount(table), table.table.count)
        try #require(model.isEmpty ? slots == 0 && numbers == 0 : numbers * 3 >= model.count * 4, "T3")
        try #require(numbers <= max(16, model.count * 8), "T3")
    }

    @Test func `blocks whose values are gone take no memory, and their slots are used again`() {
        var table = SlotTable<Item>()
        let slots = (0..<5_000).map { table.update(Item(id: Number(number: $0 * 7 + $0 % 7), content: $0)) }
        #expect(Set(slots).count == 5_000)
        for slot in slots[1_024..<4_096] { table.remove(slot) }
        #expect(cellCount(table) == 5_000 - 3_072)
        for number in 0..<3_072 { table.update(Item(id: Number(number: -1 - number), content: number)) }
        #expect(cellCount(table) <= 5_120)
        #expect(table.count == 5_000)
    }
}
