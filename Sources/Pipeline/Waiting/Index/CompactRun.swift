import Flow

/// What the queue keeps of each run that it knows, without its bytes: 104 bytes that point nowhere.
struct CompactRun: Identifiable, Sendable {
    let id: RunKey
    let position: Int64
    private let age: Int64
    private let firstAttempt: Int64?
    private let isParked: Bool
    private let isLoaded: Bool
    private let isBacklog: Bool
    var state: PartitionQueue.State
    let attempts: Int32
    let waitingOffset: Int64?
    /// Its store's number, and that of what it waits for.
    let store: UInt32
    let detail: UInt32
    let orderingKey: OrderingKey?
    private let stamp: UInt32

    init(_ entry: PartitionQueue.Entry, store: UInt32, detail: UInt32) {
        id = entry.run.key
        position = entry.run.position
        age = entry.run.age
        firstAttempt = entry.run.firstAttempt
        isParked = entry.isParked
        isLoaded = entry.isLoaded
        isBacklog = entry.isBacklog
        state = entry.state
        attempts = Int32(clamping: entry.run.attempts)
        waitingOffset = entry.waitingOffset
        self.store = store
        self.detail = detail
        orderingKey = entry.run.orderingKey
        stamp = entry.stamp
    }

    /// As it was, with what is kept elsewhere.
    func entry(store: String, detail: String, record: WireRecord?) -> PartitionQueue.Entry {
        PartitionQueue.Entry(
            run: QueuedRun(
                key: id, position: position, order: orderingKey, store: store, attempts: Int(attempts),
                age: age, firstAttempt: firstAttempt, record: record),
            state: state, isParked: isParked, waitingOffset: waitingOffset, stamp: stamp, isLoaded: isLoaded,
            isBacklog: isBacklog, detail: detail)
    }
}
