// In which order changes are written that need each other.

import Flow

/// The changes of one call, by rounds: each is written when all that it needs of the others was written, and held back
/// when one of those was not.
struct WriteRounds {
    private let changes: [RegistryChange]
    private var ends: [AppliedChange?]
    private var open: Set<Int>

    init(_ changes: [RegistryChange]) {
        self.changes = changes
        ends = Array(repeating: nil, count: changes.count)
        open = Set(changes.indices)
    }

    /// What became of each change, in their order; those that no round took are missing.
    var results: [AppliedChange] { ends.compactMap { $0 } }

    /// The indices of those that can be written now; nil when all have an end.
    mutating func next() -> [Int]? {
        holdBack()
        guard !open.isEmpty else { return nil }
        let waiting = Set(open.map { changes[$0].entity })
        let ready = open.filter {
            waiting.isDisjoint(with: changes[$0].needs.subtracting([changes[$0].entity]))
        }
        // Nothing needs itself in a ring; were it so, all of it would be written.
        return (ready.isEmpty ? open : ready).sorted()
    }

    /// Notes the ends of a round.
    mutating func note(_ results: [AppliedChange], of round: [Int]) {
        for (index, result) in zip(round, results) {
            ends[index] = result
            open.remove(index)
        }
    }

    /// Ends those that need what failed, and those that need them.
    private mutating func holdBack() {
        var failed = Set(ends.compactMap { $0 }.filter { !$0.isDone }.map(\.change.entity))
        var isChanged = true
        while isChanged {
            isChanged = false
            for index in open.sorted() {
                guard let need = changes[index].needs.intersection(failed).min() else { continue }
                ends[index] = AppliedChange(
                    change: changes[index], version: changes[index].expectedVersion + 1,
                    outcome: .needLost(need))
                open.remove(index)
                failed.insert(changes[index].entity)
                isChanged = true
            }
        }
    }
}
