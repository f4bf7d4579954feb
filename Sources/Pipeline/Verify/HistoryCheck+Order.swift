import DequeModule
import Flow

/// The order of one key.
struct KeyOrder: Sendable {
    /// Runs of which not all is known, or that come after such, by position.
    var waiting: Deque<RunID> = []
    /// The latest request with which a run before `waiting` was done.
    var doneWith = 0
    /// Positions of runs whose requests are on the wire, by sequence.
    var onWire: [Int: Int] = [:]
}

/// A run arrived while an earlier one of its key was on the wire.
struct Overlap: Sendable {
    let time: Int64
    let text: String
}

extension HistoryCheck {
    /// Overlaps that are kept until it is known what explains them; more count as unexplained.
    private static let overlapLimit = 10_000

    /// A request arrived.
    mutating func noteArrival(
        _ request: VendorSighting.Request, key: String, position: Int, isFirst: Bool
    ) {
        let earlier = keys[key]?.onWire.values.filter { $0 < position }.min()
        if isFirst, let earlier {
            let text = "key \(key): place \(position) arrived while place \(earlier) was on the wire"
            if overlaps.count < Self.overlapLimit {
                overlaps.append(Overlap(time: request.time, text: text))
            } else {
                tally.unexplainedOverlaps.note(text)
            }
        }
        keys[key, default: KeyOrder()].onWire[request.sequence] = position
    }

    /// Lets the first runs of a key go of which all is known, and looks whether each arrived after those before it were
    /// done.
    mutating func advance(_ key: String) {
        guard var order = keys.removeValue(forKey: key) else { return }
        while let id = order.waiting.first, let run = runs[id], run.isOver {
            order.waiting.removeFirst()
            if let first = run.requests.first, first.sequence < order.doneWith {
                tally.inverted.note(
                    "key \(key): place \(run.position) arrived as request \(first.sequence), before an earlier "
                        + "one was done by request \(order.doneWith)")
            }
            order.doneWith = max(order.doneWith, run.done?.sequence ?? 0)
            close(run)
        }
        keys[key] = order
    }

    /// What was on the wire when a partition was lost is so for a request's time-out, and the partition is lost a session
    /// after the disturbance at the latest.
    func explainOverlaps(_ report: inout VerificationReport) {
        let slack = rules.clockSlack.milliseconds
        let reach = (rules.session + rules.requestTimeout).milliseconds
        for overlap in overlaps {
            let isExplained = disturbances.contains {
                $0.kind.mayRepeat && rules.open(at: $0) > 0 && $0.time - slack <= overlap.time
                    && overlap.time <= $0.until + slack + reach
            }
            if isExplained {
                report.overlapping += 1
            } else {
                report.unexplainedOverlaps.note(overlap.text)
            }
        }
    }
}
