import DequeModule

/// Keeps the order of work that has one key: of each key only the first member, by position, may go.
///
/// - K1: the head of a key is its member with the lowest position.
/// - K2: a member is in one chain, once.
/// - K3: an empty chain takes no memory.
///
/// Positions are offsets of one partition, so they are unique. Members mostly come in order; one that comes late (a
/// wait that is over) is put where its position belongs.
package struct KeyChains<Member: Hashable & Sendable>: Sendable {
    private struct Link {
        let position: Int64
        let member: Member
    }

    private var chains: [String: Deque<Link>] = [:]

    package init() {}

    package var keyCount: Int { chains.count }

    package mutating func insert(_ member: Member, key: String, position: Int64) {
        var chain = chains.removeValue(forKey: key) ?? []
        let place = chain.lastIndex { $0.position < position }.map { $0 + 1 } ?? 0
        chain.insert(Link(position: position, member: member), at: place)
        chains[key] = chain
    }

    /// Takes a member out; nothing happens where it is not there.
    package mutating func remove(_ member: Member, key: String) {
        guard var chain = chains.removeValue(forKey: key) else { return }
        if chain.first?.member == member {
            chain.removeFirst()
        } else if let index = chain.firstIndex(where: { $0.member == member }) {
            chain.remove(at: index)
        }
        if !chain.isEmpty { chains[key] = chain }
    }

    package func head(of key: String) -> Member? { chains[key]?.first?.member }

    /// The member that stands before a position.
    package func last(of key: String, below position: Int64) -> Member? {
        chains[key]?.last { $0.position < position }?.member
    }

    /// Every member of a key, in order.
    package func members(of key: String) -> [Member] { chains[key]?.map(\.member) ?? [] }

    package func count(of key: String) -> Int { chains[key]?.count ?? 0 }
}
