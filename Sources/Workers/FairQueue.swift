import DequeModule

/// Members of many owners that wait for their turn: each owner's in the order in which they came, owners in turn.
///
/// - Q1: each member leaves once, after all that came before it of its owner.
/// - Q2: between two members of one owner every other owner that has members gets one turn, neither more nor less.
/// - Q3: an owner without members takes no memory.
///
/// An owner that is given `weight` w sends up to w members in a turn.
package struct FairQueue<Owner: Hashable & Sendable, Member: Sendable>: Sendable {
    private struct Line: Sendable {
        var members: Deque<Member> = []
        /// Members that it may still send in this turn.
        var credit = 0
    }

    private var lines: [Owner: Line] = [:]
    /// Owners that have members, the next first.
    private var turns: Deque<Owner> = []
    private let weight: @Sendable (Owner) -> Int
    package private(set) var count = 0

    /// - Parameter weight: at least 1; asked at the beginning of each turn.
    package init(weight: @escaping @Sendable (Owner) -> Int = { _ in 1 }) {
        self.weight = weight
    }

    package var isEmpty: Bool { count == 0 }

    package func count(of owner: Owner) -> Int { lines[owner]?.members.count ?? 0 }

    package mutating func append(_ member: Member, of owner: Owner) {
        count += 1
        if lines[owner]?.members.append(member) != nil { return }
        lines[owner] = Line(members: [member], credit: max(1, weight(owner)))
        turns.append(owner)
    }

    package mutating func popFirst() -> (owner: Owner, member: Member)? {
        guard let owner = turns.first, let member = lines[owner]?.members.popFirst() else { return nil }
        count -= 1
        lines[owner]?.credit -= 1
        if lines[owner]?.members.isEmpty == true {
            turns.removeFirst()
            lines[owner] = nil
        } else if lines[owner]?.credit == 0 {
            turns.append(turns.removeFirst())
            lines[owner]?.credit = max(1, weight(owner))
        }
        return (owner, member)
    }
}
