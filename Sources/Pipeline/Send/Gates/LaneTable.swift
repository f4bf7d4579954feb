import DequeModule
import Kafka

/// Where lanes have runs that wait, and which lanes a gate has.
struct LaneTable: Sendable {
    private var places: [Lane: Set<TopicPartition>] = [:]
    private var counts: [Gate: Int] = [:]
    /// Lanes at a gate, the next first; some may be gone.
    private var turns: [Gate: Deque<Lane>] = [:]
    /// Lanes that stand in `turns`.
    private var queued: Set<Lane> = []
    /// Lanes that are let follow at one look at a gate.
    private static let atOnce = 16

    /// Sorted, as all that decides who goes first: the same history takes the same course.
    var all: [Lane] { places.keys.sorted() }

    func contains(_ lane: Lane) -> Bool { places[lane] != nil }
    func hasLanes(at gate: Gate) -> Bool { counts[gate] != nil }
    func partitions(of lane: Lane) -> [TopicPartition] { places[lane]?.sorted() ?? [] }

    mutating func insert(_ lane: Lane, _ partition: TopicPartition) {
        guard places[lane, default: []].insert(partition).inserted, places[lane]?.count == 1 else { return }
        guard let gate = lane.gate else { return }
        counts[gate, default: 0] += 1
        if queued.insert(lane).inserted { turns[gate, default: []].append(lane) }
    }

    mutating func remove(_ lane: Lane, _ partition: TopicPartition) {
        guard places[lane]?.remove(partition) != nil, places[lane]?.isEmpty == true else { return }
        places[lane] = nil
        guard let gate = lane.gate, let count = counts[gate] else { return }
        counts[gate] = count > 1 ? count - 1 : nil
        // Where no lane is left, those that are gone need no turn.
        if count == 1 { for lane in turns.removeValue(forKey: gate) ?? [] { queued.remove(lane) } }
    }

    mutating func remove(_ partition: TopicPartition) {
        for lane in Array(places.keys) { remove(lane, partition) }
    }

    /// The lanes whose turn it is at a gate.
    mutating func next(at gate: Gate) -> [Lane] {
        var next: [Lane] = []
        while next.count < min(Self.atOnce, counts[gate] ?? 0), let lane = turns[gate]?.popFirst() {
            guard contains(lane) else {
                queued.remove(lane)
                continue
            }
            turns[gate]?.append(lane)
            next.append(lane)
        }
        return next
    }
}
