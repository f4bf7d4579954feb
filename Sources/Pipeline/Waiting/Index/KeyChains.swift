/// Keeps the order of work that has one key: of each key only the first member, by position, may go.
///
/// - K1: the head of a key is its member with the lowest position.
/// - K2: a member is in one chain, once.
/// - K3: an empty chain takes no memory.
///
/// Positions are offsets of one partition, so they are unique. All chains are one sorted set: a member that comes late
/// (a wait that is over) is put where its position belongs as fast as any other.
struct KeyChains<Key: Comparable & Sendable, Member: Sendable>: Sendable {
    private struct Link: Comparable {
        let key: Key
        let position: Int64
        let member: Member

        static func < (left: Link, right: Link) -> Bool {
            left.key == right.key ? left.position < right.position : left.key < right.key
        }

        static func == (left: Link, right: Link) -> Bool {
            left.position == right.position && left.key == right.key
        }

        func isBefore(_ position: Int64, of key: Key) -> Bool {
            self.key == key ? self.position < position : self.key < key
        }
    }

    private var links = SortedBlocks<Link>()

    init() {}

    /// Members of all keys.
    var count: Int { links.count }

    mutating func insert(_ member: Member, key: Key, position: Int64) {
        links.insert(Link(key: key, position: position, member: member))
    }

    /// Takes the member at a position out; nothing happens where none is there.
    mutating func remove(key: Key, position: Int64) {
        guard let link = links.first(from: { $0.isBefore(position, of: key) }) else { return }
        if link.key == key, link.position == position { links.remove(link) }
    }

    func head(of key: Key) -> Member? {
        let first = links.first(from: { $0.isBefore(.min, of: key) })
        return first?.key == key ? first?.member : nil
    }

    /// The member that stands before a position.
    func last(of key: Key, below position: Int64) -> Member? {
        let last = links.last(before: { $0.isBefore(position, of: key) })
        return last?.key == key ? last?.member : nil
    }

    /// Every member of a key, in order.
    func members(of key: Key) -> [Member] {
        var members: [Member] = []
        links.forEach(from: { $0.isBefore(.min, of: key) }) { link in
            guard link.key == key else { return false }
            members.append(link.member)
            return true
        }
        return members
    }

    /// Whether a key has more members than that; it counts no further.
    func has(moreThan limit: Int, of key: Key) -> Bool {
        var count = 0
        links.forEach(from: { $0.isBefore(.min, of: key) }) { link in
            guard link.key == key else { return false }
            count += 1
            return count <= limit
        }
        return count > limit
    }
}
