import Flow
import Kafka
import Pipeline

/// What must hold of trigger events: each is decided, in exactly-once mode once, and each run that it starts ends.
final class EventTruth {
    private struct Place: Hashable {
        let partition: Int
        let offset: Int64
    }

    private let layout: Layout
    private let mode: DeliveryMode
    /// Trigger records, with the number of decisions about each.
    private var decisions: [Place: Int] = [:]
    /// Records that lie in another partition than their store's; by the header that numbers them.
    private var misplaced: [Place: String] = [:]
    private var moves: [String: Int] = [:]
    /// Records that can't be used, with the letters of each.
    private var letters: [Place: Int] = [:]
    private var started: [RunID: Int] = [:]
    private var ended: [RunID: Int] = [:]
    /// How often a run was sent again after its dead letter: so often it may end once more.
    private var replays: [RunID: Int] = [:]
    private var frontiers: [Int: Int64] = [:]

    /// Numbers the records of publishers.
    static let numberHeader = "test_number"
    private static let movedHeader = "sluice_moved"

    init(layout: Layout, mode: DeliveryMode) {
        self.layout = layout
        self.mode = mode
    }

    private var isExactlyOnce: Bool { mode == .exactlyOnce }

    func appended(_ entry: SimulatedPartition.Entry, to partition: Int) throws {
        let place = Place(partition: partition, offset: entry.offset)
        decisions[place] = 0
        guard let number = entry.record.header(Self.numberHeader) else { return }
        if entry.record.header(Self.movedHeader) != nil {
            moves[number, default: 0] += 1
            guard let origin = misplaced.first(where: { $0.value == number }) else {
                throw Violation("S2: event \(number) was moved, and was where it belongs")
            }
            try decide(origin.key)
        }
    }

    func expectMove(_ number: String, of partition: Int, _ offset: Int64) {
        misplaced[Place(partition: partition, offset: offset)] = number
    }

    func expectLetter(of partition: Int, _ offset: Int64) {
        letters[Place(partition: partition, offset: offset)] = 0
    }

    private func decide(_ place: Place) throws {
        guard let count = decisions[place] else { throw Violation("an event that is not there was decided") }
        guard count == 0 || !isExactlyOnce else {
            throw Violation("S2: \(layout.partitions[place.partition])@\(place.offset) is decided again")
        }
        decisions[place] = count + 1
    }

    private func place(_ place: RecordPlace) throws -> Place {
        let partition = TopicPartition(topic: place.topic, partition: place.partition)
        guard let number = layout.number(of: partition) else {
            throw Violation("\(place) is named, and is no place")
        }
        return Place(partition: number, offset: place.offset)
    }

    func reported(_ report: RunRecord.EventReport) throws {
        try decide(try place(report.place))
        for run in report.started {
            started[run.run, default: 0] += 1
            if isExactlyOnce, started[run.run] != 1 { throw Violation("S2: run \(run.run) starts again") }
        }
    }

    func ended(_ report: RunRecord.EndReport) throws {
        ended[report.run.id, default: 0] += 1
        if isExactlyOnce, ended[report.run.id, default: 0] > 1 + replays[report.run.id, default: 0] {
            throw Violation("S2: a second end of the workflow run \(report.run.id)")
        }
    }

    func expectEnd(of run: RunID) {
        replays[run, default: 0] += 1
    }

    func lettered(_ letter: DeadLetter) throws {
        let place = try place(letter.place)
        if letter.stage == .trigger {
            try decide(place)
            return
        }
        guard let count = letters[place] else { return }
        guard count == 0 || !isExactlyOnce else { throw Violation("S2: a second letter of \(letter.place)") }
        letters[place] = count + 1
    }

    /// S1: a matcher's commit leaves no event undecided.
    func committed(_ frontier: Int64, of partition: Int) throws {
        for offset in (frontiers[partition] ?? 0)..<frontier
        where decisions[Place(partition: partition, offset: offset)] == 0 {
            throw Violation("S1: \(layout.partitions[partition])@\(offset) is committed and undecided")
        }
        frontiers[partition] = frontier
    }

    /// - Parameter others: partitions whose records need no letter yet.
    func isOver(but others: Set<Int>) -> Bool {
        !decisions.values.contains(0)
            && letters.allSatisfy { $0.value > 0 || others.contains($0.key.partition) }
            && started.keys.allSatisfy { ended[$0] != nil }
            && decisions.keys.allSatisfy { $0.offset < frontiers[$0.partition] ?? 0 }
    }

    func checkOver(but others: Set<Int>) throws {
        for (place, count) in decisions where count == 0 {
            throw Violation("S8: \(layout.partitions[place.partition])@\(place.offset) was never decided")
        }
        for (place, count) in letters where count == 0 && !others.contains(place.partition) {
            throw Violation("S8: \(layout.partitions[place.partition])@\(place.offset) left no letter")
        }
        for run in started.keys where ended[run] == nil {
            throw Violation("S8: the workflow run \(run) never ended")
        }
    }
}
