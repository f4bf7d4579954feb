import Workers

/// Runs that wait in memory at gates, stores in turn at each, and when to look at a gate again.
///
/// - N1: a member leaves once, after all that came before it of its store at its gate.
/// - N2: at most `limit` members wait; at one gate at most `gateLimit`, and `storeLimit` of one store.
struct GateLines<Member: Sendable>: Sendable {
    private struct Wake: Comparable {
        let time: Duration
        /// Tells it from others of the same time.
        let number: Int
        let gate: Gate

        static func < (left: Wake, right: Wake) -> Bool {
            left.time == right.time ? left.number < right.number : left.time < right.time
        }
    }

    static var gateLimit: Int { 128 }
    static var storeLimit: Int { 32 }

    private let limit: Int
    private let weight: @Sendable (String) -> Int
    private var lines: [Gate: FairQueue<String, Member>] = [:]
    private var wakes = SortedBlocks<Wake>()
    private var lastNumber = 0
    /// The earliest time that stands among them for a gate.
    private var wakeTimes: [Gate: Duration] = [:]
    private(set) var count = 0

    init(limit: Int, weight: @escaping @Sendable (String) -> Int) {
        self.limit = limit
        self.weight = weight
    }

    func count(at gate: Gate, of store: String) -> Int { lines[gate]?.count(of: store) ?? 0 }
    func isEmpty(at gate: Gate) -> Bool { lines[gate] == nil }

    /// Whether one more of a store may wait here.
    func hasRoom(at gate: Gate, of store: String) -> Bool {
        guard count < limit, let line = lines[gate] else { return count < limit }
        return line.count < Self.gateLimit && line.count(of: store) < Self.storeLimit
    }

    mutating func append(_ member: Member, at gate: Gate, of store: String) {
        count += 1
        lines[gate, default: FairQueue(weight: weight)].append(member, of: store)
    }

    mutating func popFirst(at gate: Gate) -> (owner: String, member: Member)? {
        guard let next = lines[gate]?.popFirst() else { return nil }
        count -= 1
        if lines[gate]?.isEmpty == true { lines[gate] = nil }
        return next
    }

    /// Everybody at every gate, to begin anew.
    mutating func removeAll() -> [(owner: String, member: Member)] {
        var members: [(owner: String, member: Member)] = []
        // Sorted, so that the same history takes the same course.
        for gate in lines.keys.sorted(by: { $0.text < $1.text }) {
            while let next = popFirst(at: gate) { members.append(next) }
        }
        return members
    }

    // MARK: Times

    mutating func wake(_ gate: Gate, at time: Duration) {
        if let known = wakeTimes[gate], known <= time { return }
        wakeTimes[gate] = time
        lastNumber += 1
        wakes.insert(Wake(time: time, number: lastNumber, gate: gate))
    }

    var nextWake: Duration? { wakes.first?.time }

    /// A gate whose time has come.
    mutating func popWake(now: Duration) -> Gate? {
        while let first = wakes.first, first.time <= now {
            wakes.remove(first)
            // An earlier one stood for it, too.
            guard wakeTimes[first.gate] == first.time else { continue }
            wakeTimes[first.gate] = nil
            return first.gate
        }
        return nil
    }
}
