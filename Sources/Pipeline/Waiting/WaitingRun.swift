import Flow

/// One copy of an action run: the same id with a higher replay count is another copy.
package struct RunKey: Hashable, Sendable {
    package let id: RunID
    package let replay: Int
    /// Far beyond what anybody replays, and from where numbers end.
    static let replayLimit = 1_000_000

    package init(id: RunID, replay: Int) {
        self.id = id
        self.replay = replay
    }
}

/// Why a run waits.
package enum WaitReason: String, Hashable, Sendable, CaseIterable {
    /// A failed attempt is tried again when it is due.
    case retry
    /// An earlier run of its key waits.
    case behind
    /// Steps before it asked to wait.
    case wait
    /// Its store has more than its share of the sender's memory taken; others go first.
    case crowded
    /// The vendor's allowance is used up.
    case limited
    /// Its endpoint is broken.
    case broken
    /// So much is repeated already that what is new would suffer.
    case paced
    /// A person or a change of the registry has to come first.
    case held
}

/// An action run that a partition's queue knows: where it stands in its key's order, and what was tried.
package struct QueuedRun: Hashable, Sendable {
    package let key: RunKey
    /// The action record's own offset: its place in its key's order, for good.
    package private(set) var position: Int64
    package let orderingKey: OrderingKey?
    /// Whose run it is; empty where its record doesn't say.
    package let store: String
    /// Attempts that were made.
    package var attempts: Int
    /// Time spent on attempts and on the delays between them, ms.
    package var age: Int64
    /// The first attempt's time, ms since 1970; for people only.
    package var firstAttempt: Int64?
    /// The record's bytes; nil where they rest in the waiting topic only.
    package var record: WireRecord?
    /// What somebody decided about it while it was in doubt.
    package var decision: Decision?
    /// A predecessor began an attempt, and left no word of what came of it.
    package var isSuspect = false

    package init(
        key: RunKey, position: Int64, orderingKey: String?, store: String = "", attempts: Int = 0,
        age: Int64 = 0,
        firstAttempt: Int64? = nil,
        record: WireRecord?
    ) {
        self.init(
            key: key, position: position, order: orderingKey.map { OrderingKey($0) }, store: store,
            attempts: attempts, age: age, firstAttempt: firstAttempt, record: record)
    }

    init(
        key: RunKey, position: Int64, order: OrderingKey?, store: String, attempts: Int, age: Int64,
        firstAttempt: Int64?, record: WireRecord?
    ) {
        self.key = key
        self.position = position
        orderingKey = order
        self.store = store
        self.attempts = attempts
        self.age = age
        self.firstAttempt = firstAttempt
        self.record = record
    }

    /// The same in the same order, but before every run of its partition.
    package var beforeAll: QueuedRun {
        var run = self
        if position >= 0 { run.position -= 1 << 60 }
        return run
    }

    /// The same with the place of another run of its partition.
    func moved(to position: Int64) -> QueuedRun {
        var run = self
        run.position = position
        return run
    }

    package var byteCount: Int { record?.payloadBytes ?? 0 }

    /// An earlier attempt may have done it: by its record, or else because it was tried, by a version that didn't note it,
    /// or as the copy that this one replays.
    var mayHaveActed: Bool {
        record?.header(HeaderName.mayHaveActed).map { $0 != "0" } ?? (attempts > 0 || key.replay > 0)
    }
}

extension WireRecord {
    /// What its contents take in memory, about.
    var payloadBytes: Int {
        (value?.count ?? 0) + headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count }
    }
}

/// A run that goes to the waiting topic: its state at that moment.
package struct ParkedRun: Hashable, Sendable {
    package let run: QueuedRun
    package let cause: WaitCause
    /// How long after its append it is due; nil where no time releases it.
    package let delay: Duration?
    /// Tells this parking from earlier ones of the same run.
    package let stamp: UInt32

    package var reason: WaitReason { cause.reason }

    package init(run: QueuedRun, cause: WaitCause, delay: Duration?, stamp: UInt32) {
        self.run = run
        self.cause = cause
        self.delay = delay
        self.stamp = stamp
    }
}

/// Why a run waits, and for what.
package enum WaitCause: Hashable, Sendable {
    case retry, behind, wait
    /// At a gate, or for its store's room.
    case lane(Gate?)
    case held(Hold)

    package var reason: WaitReason {
        switch self {
        case .retry: .retry
        case .behind: .behind
        case .wait: .wait
        case .lane(let gate): gate?.reason ?? .crowded
        case .held: .held
        }
    }

    /// The gate, or what holds it, as text; empty where the reason says all.
    package var detail: String {
        switch self {
        case .lane(let gate?): gate.text
        case .held(let hold): hold.text
        case .retry, .behind, .wait, .lane(nil): ""
        }
    }

    package init(_ reason: WaitReason, detail: String) {
        switch reason {
        case .retry: self = .retry
        case .behind: self = .behind
        case .wait: self = .wait
        case .crowded: self = .lane(nil)
        case .limited, .broken, .paced: self = .lane(Gate(detail))
        case .held: self = .held(Hold(detail))
        }
    }
}
