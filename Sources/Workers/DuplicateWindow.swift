import DequeModule

/// Ids that were seen lately: at most so many, none older than an age.
///
/// Time is what the records' timestamps say, so a window that is re-read from a topic equals the one that was lost.
package struct DuplicateWindow<ID: Hashable & Sendable>: Sendable {
    private var order: Deque<(id: ID, time: Int64)> = []
    private var ids: Set<ID> = []
    private let countLimit: Int
    private let ageLimit: Int64

    /// - Parameter ageLimit: milliseconds.
    package init(countLimit: Int, ageLimit: Int64 = .max) {
        self.countLimit = countLimit
        self.ageLimit = ageLimit
    }

    package var count: Int { order.count }

    /// Remembers an id; false where it was seen within the window.
    package mutating func insert(_ id: ID, at time: Int64) -> Bool {
        while let oldest = order.first,
            time.subtractingReportingOverflow(oldest.time).partialValue > ageLimit
        {
            removeOldest()
        }
        guard ids.insert(id).inserted else { return false }
        if order.count >= countLimit { removeOldest() }
        order.append((id, time))
        return true
    }

    private mutating func removeOldest() {
        guard let oldest = order.popFirst() else { return }
        ids.remove(oldest.id)
    }
}
