import DequeModule

/// Notices that a connector's runs mostly end in dead letters: then something is wrong with the connector, and the rest
/// is better kept than emptied into the dead topic.
///
/// Every store counts alike, however much it sends, so that one store's mistakes stop nobody else.
///
/// - M1: it trips only after `minimum` ends, when at least three stores have dead letters, and when the mean of the stores'
///   shares of dead letters reaches `share`.
/// - M2: what it remembers is bounded: the last ends of the stores that had one lately.
package struct FloodGuard: Sendable {
    package struct Settings: Hashable, Sendable {
        /// 0…1; above 1 it never trips.
        package var share: Double
        /// Ends that it looks at, at least.
        package var minimum: Int

        package init(share: Double = 0.5, minimum: Int = 100) {
            self.share = share
            self.minimum = max(1, minimum)
        }
    }

    /// What made it trip.
    package struct Flood: Hashable, Sendable {
        package let letters: Int
        package let ends: Int
        package let stores: Int
    }

    private struct Ends: Sendable {
        var last: Deque<Bool> = []
        var letters = 0
        /// When it had its last one, in ends of the connector.
        var turn = 0
    }

    /// Fewer stores may have one mistake in common with nobody else.
    private static let failingStores = 3
    private static let storeLimit = 1_000
    private static let endsOfStore = 100

    private let settings: Settings
    private var stores: [String: Ends] = [:]
    private var letters = 0
    private var ends = 0
    private var shares = 0.0
    private var turn = 0
    /// Stores with dead letters among what is remembered.
    private var failing = 0
    /// Stores by their last ends, the oldest first; some have had later ones.
    private var order: Deque<(store: String, turn: Int)> = []

    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// A run ended.
    ///
    /// - Parameter isLetter: it left a dead letter.
    /// - Returns: what there is to say when it trips; it begins anew then.
    package mutating func ended(of store: String, isLetter: Bool) -> Flood? {
        turn += 1
        var entry = stores.removeValue(forKey: store) ?? Ends()
        forget(entry)
        entry.turn = turn
        entry.last.append(isLetter)
        if isLetter { entry.letters += 1 }
        if entry.last.count > Self.endsOfStore, entry.last.removeFirst() { entry.letters -= 1 }
        if stores.count >= Self.storeLimit { forgetOldest() }
        stores[store] = entry
        order.append((store, turn))
        if order.count > 4 * Self.storeLimit {
            order = Deque(order.filter { stores[$0.store]?.turn == $0.turn })
        }
        if entry.letters > 0 { failing += 1 }
        letters += entry.letters
        ends += entry.last.count
        shares += Self.share(entry)
        guard isLetter, ends >= settings.minimum, failing >= Self.failingStores,
            shares / Double(stores.count) >= settings.share - 1e-9
        else {
            return nil
        }
        defer { self = FloodGuard(settings) }
        return Flood(letters: letters, ends: ends, stores: stores.count)
    }

    private static func share(_ entry: Ends) -> Double {
        entry.last.isEmpty ? 0 : Double(entry.letters) / Double(entry.last.count)
    }

    private mutating func forget(_ entry: Ends) {
        if entry.letters > 0 { failing -= 1 }
        letters -= entry.letters
        ends -= entry.last.count
        shares -= Self.share(entry)
    }

    private mutating func forgetOldest() {
        while let oldest = order.popFirst() {
            guard let entry = stores[oldest.store], entry.turn == oldest.turn else { continue }
            forget(entry)
            stores[oldest.store] = nil
            return
        }
    }
}
