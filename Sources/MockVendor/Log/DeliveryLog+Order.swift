// Did each key's action runs arrive in order? Used by the tests that kill and restart senders.

/// Where an action run belongs: its ordering key, and its place in that key's order.
package struct DeliveryPlace: Hashable, Sendable {
    package let key: String
    package let place: Int

    package init(key: String, place: Int) {
        self.key = key
        self.place = place
    }
}

/// A run that arrived before one that had to be done first.
package struct DeliveryInversion: Hashable, Sendable, CustomStringConvertible {
    /// A place in the key's order, and the entry that decided about it.
    package struct Point: Hashable, Sendable {
        package let place: Int
        package let sequence: Int

        package init(place: Int, sequence: Int) {
            self.place = place
            self.sequence = sequence
        }
    }

    package let key: String
    /// What had to come first, and which entry was its end.
    package let head: Point
    /// What came too early, and in which entry it was seen first.
    package let follower: Point

    package var description: String {
        "key \(key): place \(follower.place) arrived as request \(follower.sequence), "
            + "before place \(head.place) was done by request \(head.sequence)"
    }
}

extension DeliveryLog {
    /// The inversions in the entries that the log still has; see below.
    package func inversions(by extract: (DeliveryEntry) -> DeliveryPlace?) -> [DeliveryInversion] {
        entries().inversions(by: extract)
    }
}

extension Sequence<DeliveryEntry> {
    /// The runs that arrived before an earlier one of their key was done; entries are in order of arrival.
    ///
    /// A run is done with its first success; one that never succeeded (rejected, dead) counts from where it was
    /// seen first. A follower must be *seen* after all before it are done, so a follower that was sent while its
    /// head waited for a retry is found even if it failed. Repeats change nothing. Each early follower is
    /// reported once, against the latest of its heads.
    ///
    /// - Parameter extract: the key and place of an entry, or nil to leave it out (refused requests, look-ups and those for
    ///   tokens always are).
    package func inversions(by extract: (DeliveryEntry) -> DeliveryPlace?) -> [DeliveryInversion] {
        var keys: [String: [Int: (seen: Int, done: Int, hasSucceeded: Bool)]] = [:]
        for entry in self where entry.attempt > 0 && entry.kind == .delivery {
            guard let place = extract(entry) else { continue }
            var run = keys[place.key]?[place.place] ?? (entry.sequence, entry.sequence, false)
            if entry.isSuccess, !run.hasSucceeded {
                run.done = entry.sequence
                run.hasSucceeded = true
            }
            keys[place.key, default: [:]][place.place] = run
        }
        return keys.sorted { $0.key < $1.key }.flatMap { key, runs in
            var inversions: [DeliveryInversion] = []
            var head: DeliveryInversion.Point?
            for (place, run) in runs.sorted(by: { $0.key < $1.key }) {
                if let head, run.seen < head.sequence {
                    let follower = DeliveryInversion.Point(place: place, sequence: run.seen)
                    inversions.append(DeliveryInversion(key: key, head: head, follower: follower))
                }
                if run.done > head?.sequence ?? 0 {
                    head = DeliveryInversion.Point(place: place, sequence: run.done)
                }
            }
            return inversions
        }
    }
}
