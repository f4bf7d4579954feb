/// Values that are found by their ids, in numbered slots: beside the values themselves it takes some 8 bytes for each.
///
/// - T1: a value is found by its id and by its slot, and nothing else is.
/// - T2: a slot number stays its value's until that is removed, so that others can refer to it in 4 bytes.
/// - T3: memory follows the count: a block without values takes none, and the table of numbers grows and shrinks.
///
/// Slots lie in blocks that are never moved, so that growth copies nothing but the table. The hash is seeded per
/// process.
struct SlotTable<Value: Identifiable & Sendable>: Sendable where Value.ID: Sendable {
    typealias Slot = UInt32

    struct Block {
        var cells: ContiguousArray<Value?> = []
        /// Cells that were given back.
        var free: [UInt16] = []
        /// Whether it is among those with room.
        var isRoomy = true

        var count: Int { cells.count - free.count }
    }

    private static var blockSize: Int { 1024 }

    private(set) var blocks: [Block] = []
    /// Blocks that have room, the next to fill last.
    private var roomy: [Int] = []
    /// Open addressing with linear probing: slot numbers plus one; 0 = empty. A power of two.
    private(set) var table: [Slot] = []
    private(set) var count = 0

    init() {}

    var isEmpty: Bool { count == 0 }

    // MARK: Finding

    func slot(of id: Value.ID) -> Slot? {
        guard !table.isEmpty else { return nil }
        var index = home(of: id)
        while table[index] != 0 {
            let slot = table[index] - 1
            if self[slot]?.id == id { return slot }
            index = (index + 1) & (table.count - 1)
        }
        return nil
    }

    subscript(slot: Slot) -> Value? {
        let (block, cell) = Int(slot).quotientAndRemainder(dividingBy: Self.blockSize)
        guard block < blocks.count, cell < blocks[block].cells.count else { return nil }
        return blocks[block].cells[cell]
    }

    /// Every value with its slot.
    func forEach(_ body: (Slot, Value) -> Void) {
        for number in blocks.indices { forEach(number, blocks[number], body) }
    }

    private func forEach(_ number: Int, _ block: Block, _ body: (Slot, Value) -> Void) {
        for cell in block.cells.indices {
            if let value = block.cells[cell] { body(Slot(number * Self.blockSize + cell), value) }
        }
    }

    private func home(of id: Value.ID) -> Int { id.hashValue & (table.count - 1) }

    // MARK: Changing

    /// Puts a value in, in place of one with its id.
    @discardableResult
    mutating func update(_ value: Value) -> Slot {
        if let slot = slot(of: value.id) {
            replace(slot, with: value)
            return slot
        }
        count += 1
        resize()
        let slot = place(value)
        enter(slot, value.id)
        return slot
    }

    /// Puts a value in the place of one that has the same id.
    mutating func replace(_ slot: Slot, with value: Value) {
        let (block, cell) = Int(slot).quotientAndRemainder(dividingBy: Self.blockSize)
        blocks[block].cells[cell] = value
    }

    private mutating func place(_ value: Value) -> Slot {
        if roomy.isEmpty {
            roomy.append(blocks.count)
            blocks.append(Block())
        }
        let number = roomy[roomy.count - 1]
        let cell: Int
        if let free = blocks[number].free.popLast() {
            cell = Int(free)
            blocks[number].cells[cell] = value
        } else {
            cell = blocks[number].cells.count
            if cell == blocks[number].cells.capacity {
                blocks[number].cells.reserveCapacity(min(Self.blockSize, max(16, 2 * cell)))
            }
            blocks[number].cells.append(value)
        }
        if blocks[number].count == Self.blockSize {
            blocks[number].isRoomy = false
            roomy.removeLast()
        }
        return Slot(number * Self.blockSize + cell)
    }

    mutating func remove(_ slot: Slot) {
        guard let value = self[slot] else { return }
        leave(slot, value.id)
        let (number, cell) = Int(slot).quotientAndRemainder(dividingBy: Self.blockSize)
        blocks[number].cells[cell] = nil
        blocks[number].free.append(UInt16(cell))
        if !blocks[number].isRoomy {
            blocks[number].isRoomy = true
            roomy.append(number)
        }
        if blocks[number].count == 0 { blocks[number] = Block() }
        count -= 1
        resize()
    }

    /// Takes everything out, and gives memory back on the way.
    mutating func drain(_ body: (Value) -> Void) {
        (table, roomy, count) = ([], [], 0)
        while let block = blocks.popLast() {
            forEach(blocks.count, block) { _, value in body(value) }
        }
    }

    // MARK: The table of numbers

    private mutating func enter(_ slot: Slot, _ id: Value.ID) {
        var index = home(of: id)
        while table[index] != 0 { index = (index + 1) & (table.count - 1) }
        table[index] = slot + 1
    }

    /// What stands behind a number that leaves moves up, so that nothing is looked for in vain.
    private mutating func leave(_ slot: Slot, _ id: Value.ID) {
        let mask = table.count - 1
        var hole = home(of: id)
        while table[hole] != slot + 1 {
            guard table[hole] != 0 else { return }
            hole = (hole + 1) & mask
        }
        var index = (hole + 1) & mask
        while table[index] != 0, let other = self[table[index] - 1] {
            let distance = (index - home(of: other.id)) & mask
            if distance >= (index - hole) & mask {
                table[hole] = table[index]
                hole = index
            }
            index = (index + 1) & mask
        }
        table[hole] = 0
    }

    /// Three quarters full at most, and an eighth at least.
    private mutating func resize() {
        var size = max(16, table.count)
        while count * 4 > size * 3 { size *= 2 }
        while count * 8 < size, size > 16 { size /= 2 }
        if count == 0 { size = 0 }
        guard size != table.count else { return }
        let numbers = table
        table = [Slot](repeating: 0, count: size)
        for number in numbers where number != 0 {
            if let value = self[number - 1] { enter(number - 1, value.id) }
        }
    }
}
