import Kafka

/// A consumer group: who is a member, under which generation, and what they committed.
///
/// Partitions are handed out by ranges: each rebalance takes them all and gives them anew. With static membership the
/// next process of a name takes its place without a rebalance.
struct SimulatedGroup {
    /// Under which a process took its records.
    struct Membership: Equatable {
        let member: Int
        let generation: Int
    }

    struct Commit {
        let offset: Int64
        let metadata: String?
    }

    private struct Member {
        var id: Int
        let name: Int
        var hasJoined: Bool
        var seen: Int64
        var partitions: [Int] = []
    }

    /// How long a member may be silent, µs.
    static let sessionTimeout: Int64 = 10_000_000

    let isStatic: Bool
    /// The topics' partitions, topic by topic.
    let topics: [[Int]]
    private(set) var generation = 0
    private(set) var isRebalancing = false
    private var members: [Member] = []
    private var lastID = 0
    var committed: [Int: Commit] = [:]

    init(isStatic: Bool, topics: [[Int]]) {
        self.isStatic = isStatic
        self.topics = topics
    }

    /// - Returns: the new member's id.
    mutating func join(_ name: Int, at time: Int64) -> Int {
        lastID += 1
        if isStatic, let index = members.firstIndex(where: { $0.name == name }) {
            members[index].id = lastID
            members[index].seen = time
            members[index].hasJoined = true
            complete()
            return lastID
        }
        members.append(Member(id: lastID, name: name, hasJoined: true, seen: time))
        rebalance()
        members[members.count - 1].hasJoined = true
        complete()
        return lastID
    }

    private mutating func rebalance() {
        guard !isRebalancing else { return }
        isRebalancing = true
        for index in members.indices { members[index].hasJoined = false }
    }

    /// A member gave its partitions back and waits for others.
    mutating func rejoin(_ member: Int) {
        guard let index = members.firstIndex(where: { $0.id == member }) else { return }
        members[index].hasJoined = true
        complete()
    }

    private mutating func complete() {
        guard isRebalancing, members.allSatisfy(\.hasJoined) else { return }
        isRebalancing = false
        generation += 1
        members.sort { $0.name == $1.name ? $0.id < $1.id : $0.name < $1.name }
        for index in members.indices { members[index].partitions = [] }
        for partitions in topics where !members.isEmpty {
            for (index, partition) in partitions.enumerated() {
                members[index * members.count / partitions.count].partitions.append(partition)
            }
        }
    }

    /// Static members stay until their time is over.
    mutating func leave(_ member: Int) {
        guard !isStatic else { return }
        remove { $0.id == member }
    }

    private mutating func remove(_ isGone: (Member) -> Bool) {
        let count = members.count
        members.removeAll(where: isGone)
        guard members.count < count else { return }
        rebalance()
        complete()
    }

    mutating func heartbeat(_ member: Int, at time: Int64) {
        guard let index = members.firstIndex(where: { $0.id == member }) else { return }
        members[index].seen = time
    }

    mutating func expire(at time: Int64) {
        remove { time - $0.seen > Self.sessionTimeout }
    }

    var hasMembers: Bool { !members.isEmpty }

    func knows(_ member: Int) -> Bool { members.contains { $0.id == member } }

    /// Somebody else has taken a static member's place.
    func isReplaced(_ member: Int, of name: Int) -> Bool {
        isStatic && members.contains { $0.name == name && $0.id > member }
    }

    func awaits(_ member: Int) -> Bool {
        isRebalancing && members.contains { $0.id == member && !$0.hasJoined }
    }

    /// What a member was given; nil while the group is not complete.
    func assignment(of member: Int) -> [Int]? {
        guard !isRebalancing else { return nil }
        return members.first { $0.id == member }?.partitions
    }

    /// Whether a commit of this membership is taken.
    func accepts(_ membership: Membership) -> Bool {
        membership.generation == generation && knows(membership.member)
    }
}
