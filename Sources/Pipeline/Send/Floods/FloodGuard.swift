import DequeModule

/// Notices that a connector's runs mostly end in dead letters: then something is wrong with the connector, and the rest
/// is better kept than emptied into the dead topic.
///
/// Every store counts alike, however much it sends, so that one store's mistakes stop nobody else.
///
/// - M1: it trips only after `minimum` ends, and when the mean of the stores' shares of dead letters reaches `share`.
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

    private static let storeLimit = 1_000
    private static let endsOfStore = 100

    private let settings: Settings
    private var stores: [String: Ends] = [:]
    private var letters = 0
    private var ends = 0
    private var shares = 0.0
    private var turn = 0

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
        letters += entry.letters
        ends += entry.last.count
        shares += Self.share(entry)
        guard isLetter, ends >= settings.minimum, shares / Double(stores.count) >= settings.share - 1e-9
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
        letters -= entry.letters
        ends -= entry.last.count
        shares -= Self.share(entry)
    }

    private mutating func forgetOldest() {
        guard let oldest = stores.min(by: { $0.value.turn < $1.value.turn }) else { return }
        forget(oldest.value)
        stores[oldest.key] = nil
    }
}
