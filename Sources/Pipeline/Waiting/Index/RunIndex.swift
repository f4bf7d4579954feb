import Flow

/// The runs that a partition's queue knows, found by their keys or by 4-byte slots.
///
/// A run takes a compact slot, and its bytes are kept beside it only while they are at hand: that is what lets a
/// million runs wait in one process.
///
/// - X1: a run is found by its key and by its slot as it was put in, bytes included.
/// - X2: those queued in memory are known by their ordering keys, and those held by what holds them, in the order of their
///   positions: exactly those whose state says so.
/// - X3: a store's name is kept once, and only while a run is the store's.
struct RunIndex: Sendable {
    typealias Slot = SlotTable<CompactRun>.Slot
    typealias Entry = PartitionQueue.Entry

    /// A run's place in its partition, in the order of which it goes.
    struct Place: Comparable, Sendable {
        let position: Int64
        let slot: Slot

        static func < (left: Place, right: Place) -> Bool {
            left.position == right.position ? left.slot < right.slot : left.position < right.position
        }
    }

    /// Runs with one hold.
    struct Held: Sendable {
        let hold: Hold
        var places = SortedBlocks<Place>()
    }

    private var runs = SlotTable<CompactRun>()
    private(set) var stores = InternedTexts()
    private var details = InternedTexts()
    private var records: [Slot: WireRecord] = [:]
    /// Those that are in memory behind another of their key.
    private(set) var queued = KeyChains<OrderingKey, Slot>()
    /// Those that wait for a person or a change of the registry, by the number of the detail that says for which: a change
    /// looks at what it may end, not at each of a million runs.
    private(set) var held: [UInt32: Held] = [:]

    var count: Int { runs.count }

    func slot(of key: RunKey) -> Slot? { runs.slot(of: key) }

    func key(at slot: Slot) -> RunKey? { runs[slot]?.id }

    func state(at slot: Slot) -> PartitionQueue.State? { runs[slot]?.state }

    func forEach(_ body: (Slot, CompactRun) -> Void) { runs.forEach(body) }

    subscript(slot slot: Slot) -> Entry? {
        runs[slot].map {
            $0.entry(store: stores[$0.store], detail: details[$0.detail], record: records[slot])
        }
    }

    subscript(key: RunKey) -> Entry? {
        get { runs.slot(of: key).flatMap { self[slot: $0] } }
        set {
            if let newValue {
                put(newValue)
            } else if let slot = runs.slot(of: key) {
                remove(slot)
            }
        }
    }

    /// Changes nothing but a run's state; nothing happens where it is not there.
    mutating func change(_ key: RunKey, to state: PartitionQueue.State) {
        guard let slot = runs.slot(of: key), var run = runs[slot] else { return }
        leave(run, slot)
        run.state = state
        runs.replace(slot, with: run)
        join(run, slot)
    }

    private mutating func put(_ entry: Entry) {
        guard let slot = runs.slot(of: entry.run.key), let old = runs[slot] else {
            let run = CompactRun(
                entry, store: stores.take(entry.run.store), detail: details.take(entry.detail))
            let slot = runs.update(run)
            records[slot] = entry.run.record
            join(run, slot)
            return
        }
        var store = old.store
        if stores[store] != entry.run.store {
            stores.release(store)
            store = stores.take(entry.run.store)
        }
        leave(old, slot)
        var detail = old.detail
        if details[detail] != entry.detail {
            details.release(detail)
            detail = details.take(entry.detail)
        }
        let run = CompactRun(entry, store: store, detail: detail)
        runs.replace(slot, with: run)
        records[slot] = entry.run.record
        join(run, slot)
    }

    private mutating func remove(_ slot: Slot) {
        guard let run = runs[slot] else { return }
        leave(run, slot)
        stores.release(run.store)
        details.release(run.detail)
        runs.remove(slot)
        records[slot] = nil
    }

    /// Among the others of its state.
    private mutating func join(_ run: CompactRun, _ slot: Slot) {
        if run.state == .queued, let key = run.orderingKey {
            queued.insert(slot, key: key, position: run.position)
        } else if run.state == .waiting(.held) {
            held[run.detail, default: Held(hold: Hold(details[run.detail]))].places
                .insert(Place(position: run.position, slot: slot))
        }
    }

    private mutating func leave(_ run: CompactRun, _ slot: Slot) {
        if run.state == .queued, let key = run.orderingKey {
            queued.remove(key: key, position: run.position)
        } else if run.state == .waiting(.held) {
            held[run.detail]?.places.remove(Place(position: run.position, slot: slot))
            if held[run.detail]?.places.isEmpty == true { held[run.detail] = nil }
        }
    }
}
