/// Elements in their order, in blocks of bounded size: a sorted array whose changes move one block, never all of it.
///
/// - B1: elements come in their order, each once.
/// - B2: no block is empty, none exceeds the limit, and two neighbours together fill more than half of one, so that
///   memory follows the count.
///
/// Found, put in and taken out in logarithmic time, up to some ten million elements. Elements that are added at either
/// end fill their blocks.
struct SortedBlocks<Element: Comparable & Sendable>: Sendable {
    private struct Place {
        var block: Int
        var index: Int
    }

    private(set) var blocks: [[Element]] = []
    private(set) var count = 0
    private let blockLimit: Int

    /// - Parameter blockLimit: elements of a block, at least 4.
    init(blockLimit: Int = 512) {
        self.blockLimit = max(4, blockLimit)
    }

    var isEmpty: Bool { count == 0 }

    var first: Element? { blocks.first?.first }

    var elements: FlattenSequence<[[Element]]> { blocks.joined() }

    // MARK: Finding

    /// The first element that does not stand before a place.
    ///
    /// - Parameter isBefore: true for all elements up to the place, false for all after it.
    func first(from isBefore: (Element) -> Bool) -> Element? {
        let place = place(isBefore)
        return place.block < blocks.count ? blocks[place.block][place.index] : nil
    }

    /// The last element that stands before a place.
    func last(before isBefore: (Element) -> Bool) -> Element? {
        let place = place(isBefore)
        if place.index > 0 { return blocks[place.block][place.index - 1] }
        return place.block > 0 ? blocks[place.block - 1].last : nil
    }

    /// Calls for the elements from a place on, until it answers false.
    func forEach(from isBefore: (Element) -> Bool, _ body: (Element) -> Bool) {
        var place = place(isBefore)
        while place.block < blocks.count {
            let block = blocks[place.block]
            while place.index < block.count {
                guard body(block[place.index]) else { return }
                place.index += 1
            }
            place = Place(block: place.block + 1, index: 0)
        }
    }

    private func place(_ isBefore: (Element) -> Bool) -> Place {
        var (low, high) = (0, blocks.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(blocks[middle][blocks[middle].count - 1]) { low = middle + 1 } else { high = middle }
        }
        guard low < blocks.count else { return Place(block: low, index: 0) }
        let block = blocks[low]
        var (first, end) = (0, block.count)
        while first < end {
            let middle = (first + end) / 2
            if isBefore(block[middle]) { first = middle + 1 } else { end = middle }
        }
        return Place(block: low, index: first)
    }

    // MARK: Changing

    /// Puts an element where it belongs; false where it is there already.
    @discardableResult
    mutating func insert(_ element: Element) -> Bool {
        var place = place { $0 < element }
        if place.block == blocks.count {
            count += 1
            append(element)
            return true
        }
        guard blocks[place.block][place.index] != element else { return false }
        count += 1
        if blocks[place.block].count == blockLimit {
            // Full and at the front: what comes in falling order fills its blocks, too.
            if place.block == 0, place.index == 0 {
                blocks.insert([element], at: 0)
                return true
            }
            split(place.block)
            if place.index > blocks[place.block].count {
                place = Place(block: place.block + 1, index: place.index - blocks[place.block].count)
            }
        }
        makeRoom(place.block)
        blocks[place.block].insert(element, at: place.index)
        return true
    }

    private mutating func append(_ element: Element) {
        guard let last = blocks.indices.last, blocks[last].count < blockLimit else {
            blocks.append([element])
            return
        }
        makeRoom(last)
        blocks[last].append(element)
    }

    /// In steps, not by doubling, so that a block's unused memory stays small.
    private mutating func makeRoom(_ block: Int) {
        guard blocks[block].count == blocks[block].capacity else { return }
        let step = max(4, min(64, blocks[block].count))
        blocks[block].reserveCapacity(min(blockLimit, blocks[block].count + step))
    }

    private mutating func split(_ block: Int) {
        let half = blocks[block].count / 2
        let upper = Array(blocks[block][half...])
        blocks[block] = Array(blocks[block][..<half])
        blocks.insert(upper, at: block + 1)
    }

    /// Takes an element out; false where it is not there.
    @discardableResult
    mutating func remove(_ element: Element) -> Bool {
        let place = place { $0 < element }
        guard place.block < blocks.count, blocks[place.block][place.index] == element else { return false }
        remove(at: place)
        return true
    }

    mutating func popFirst() -> Element? {
        guard let first else { return nil }
        remove(at: Place(block: 0, index: 0))
        return first
    }

    private mutating func remove(at place: Place) {
        count -= 1
        blocks[place.block].remove(at: place.index)
        if blocks[place.block].isEmpty {
            blocks.remove(at: place.block)
            if place.block < blocks.count { merge(place.block - 1) }
        } else if !merge(place.block) {
            merge(place.block - 1)
        }
    }

    /// Two neighbours become one where they fill no more than half of one.
    @discardableResult
    private mutating func merge(_ block: Int) -> Bool {
        guard block >= 0, block + 1 < blocks.count,
            blocks[block].count + blocks[block + 1].count <= blockLimit / 2
        else { return false }
        blocks[block] += blocks.remove(at: block + 1)
        return true
    }
}
