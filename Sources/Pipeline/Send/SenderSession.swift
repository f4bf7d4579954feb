import Flow
import Foundation
import Kafka
import Logging
import Metrics
import Synchronization
import Workers

/// A sender's work from joining its group until it leaves or has to begin anew.
///
/// Five loops run side by side and meet in the board: intake (records come), pool (requests go out), timer (retries
/// become due), loads (bytes of waiting runs are read again), settlement (everything learned is written). What fails fatally ends the session; its successor starts
/// from what was committed.
package final class SenderSession: Sendable {
    let configuration: SenderConfiguration
    let topics: Topics
    let attempts: ActionAttempts
    let consumer: Consumer
    let reader: PartitionReader
    let writer: OutputWriter
    let partitionCounts: @Sendable ([String]) async -> [String: Int]
    let clock: SenderClock
    let logger: Logger
    let board: Mutex<SendBoard>
    /// Rung when there is room, when something is to be written, when a run ended.
    let changes = ChangeSignal()
    let timer = ChangeSignal()
    private let loading = ChangeSignal()
    /// Of the assignment that the board holds.
    let membership = Mutex<Membership?>(nil)
    private let subscription: TopicSubscription
    private let isEnding = Mutex(false)
    let failure = Mutex<(any Error)?>(nil)
    let poolBox = Mutex<WorkerPool<SendBoard.Work>?>(nil)

    package init(
        configuration: SenderConfiguration, topics: Topics, served: [String], attempts: ActionAttempts,
        gates: SendGates, clients: SenderClients,
        partitionCounts: @escaping @Sendable ([String]) async -> [String: Int] = { _ in [:] },
        clock: SenderClock,
        logger: Logger
    ) {
        self.configuration = configuration
        self.topics = topics
        subscription = TopicSubscription(served.map(topics.actions))
        self.attempts = attempts
        consumer = clients.consumer
        reader = clients.reader
        writer = clients.writer
        self.partitionCounts = partitionCounts
        self.clock = clock
        self.logger = logger
        board = Mutex(
            SendBoard(
                topics: topics, openLimit: configuration.openLimit, openBytes: configuration.openBytes,
                gates: gates, isAtomic: clients.writer.isTransactional,
                directions: SendBoard.Directions(
                    route: { attempts.route(of: $0) }, weight: { attempts.weight(ofStore: $0) })))
    }

    /// Runs until `end` was called or something failed.
    package func run() async throws {
        let pool = WorkerPool<SendBoard.Work>(
            limit: configuration.concurrency,
            next: { self.next() },
            perform: { await self.perform($0) },
            ended: { self.changes.changed() })
        poolBox.withLock { $0 = pool }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await self.guarding { try await self.subscription.run(self.consumer) { self.isOver } }
            }
            group.addTask { await self.guarding { try await self.intake(pool) } }
            group.addTask { await pool.run() }
            group.addTask { await self.releases(pool) }
            group.addTask { await self.guarding { try await self.loads(pool) } }
            group.addTask { await self.guarding { try await self.settlements() } }
            _ = await changes.wait(within: .seconds(Int64.max / 4)) { self.isOver }
            await drain(pool)
            group.cancelAll()
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Stops taking, lets requests on the wire finish, commits what they came to, and leaves the group.
    package func end() {
        isEnding.withLock { $0 = true }
        changes.changed()
    }

    /// More connectors' topics are there.
    func serve(_ connectors: [String]) {
        subscription.widen(to: connectors.map(topics.actions))
    }

    /// What its successor goes on with.
    package var gates: SendGates { board.withLock { $0.gates.withoutRequests } }

    private var isOver: Bool { isEnding.withLock { $0 } || failure.withLock { $0 != nil } }

    private func guarding(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch is CancellationError {
            // The session ends.
        } catch {
            fail(error)
        }
    }

    func fail(_ error: any Error) {
        failure.withLock { $0 = $0 ?? error }
        changes.changed()
    }

    private func drain(_ pool: WorkerPool<SendBoard.Work>) async {
        pool.close()
        if failure.withLock({ $0 == nil }) {
            _ = await changes.wait(within: configuration.drain) { pool.running == 0 }
            _ = await changes.wait(within: configuration.drain) {
                self.board.withLock { !$0.hasPending } || self.failure.withLock { $0 != nil }
            }
        }
        isEnding.withLock { $0 = true }
        await consumer.close()
        changes.changed()
    }

    // MARK: Intake

    private func intake(_ pool: WorkerPool<SendBoard.Work>) async throws {
        while !isOver {
            let hasWrites = board.withLock { board in
                board.moveHeadsAside()
                return board.hasPending
            }
            if hasWrites { changes.changed() }
            let hasRoom = await changes.wait(within: .seconds(1)) {
                self.isOver || self.board.withLock { !$0.open.isFull && !$0.isMapNearlyFull() }
            }
            guard hasRoom, !isOver else { continue }
            guard let batch = try await consumer.next() else { return }
            let (isCurrent, isUnknown) = board.withLock { board in
                let isCurrent = board.take(batch, time: clock.timestamp())
                return (isCurrent, !isCurrent && batch.generation == board.generation && !board.isRevoking)
            }
            // The consumer went on without waiting for the rebuilding: what it reads has no queue to go to.
            if isUnknown { throw UnpreparedAssignment() }
            if !isCurrent {
                logger.debug(
                    "batch of an earlier assignment dropped",
                    metadata: [LogKeys.generation: "\(batch.generation)"])
            }
            pool.wake()
            changes.changed()
        }
    }

    // MARK: Timer

    private func releases(_ pool: WorkerPool<SendBoard.Work>) async {
        while !isOver, !Task.isCancelled {
            let due = board.withLock { $0.nextDue() }
            let bound = due.map { max(.zero, $0 - clock.now()) } ?? .seconds(3600)
            _ = await timer.wait(within: bound) {
                self.isOver || self.board.withLock { $0.nextDue() } != due
            }
            board.withLock { $0.release(now: clock.now()) }
            pool.wake()
        }
    }

    /// Connections, pauses or cancellations changed: what was held for one may go. Nil = nobody knows which.
    package func holdsChanged(_ changes: [HoldChange]?) {
        board.withLock { $0.releaseHeld(changes) }
        // The rest of many follows step by step.
        timer.changed()
        poolBox.withLock { $0 }?.wake()
    }

    // MARK: Attempts

    private func next() -> SendBoard.Work? {
        let (work, hasLoads, hasNewTime, hasWrites) = board.withLock { board in
            let (before, hadPending) = (board.nextWake, board.hasPending)
            let work = board.next(now: clock.now())
            return (work, board.hasLoads, board.nextWake != before, board.hasPending && !hadPending)
        }
        if hasLoads { loading.changed() }
        if hasNewTime { timer.changed() }
        // A gate held back what has to be written now.
        if hasWrites { changes.changed() }
        return work
    }

    /// Reads bytes of waiting runs again, a partition's at a time; beside the pool, so that they take nobody's place.
    private func loads(_ pool: WorkerPool<SendBoard.Work>) async throws {
        while !isOver {
            _ = await loading.wait(within: .seconds(60)) {
                self.isOver || self.board.withLock { $0.hasLoads }
            }
            guard !isOver, let wanted = board.withLock({ $0.takeLoads() }) else { continue }
            let waiting = TopicPartition(
                topic: topics.connector(ofActions: wanted.partition.topic).map { topics.waiting($0) } ?? "",
                partition: wanted.partition.partition)
            let records = try await reader.records(
                at: wanted.loads.map(\.offset), of: waiting, within: .seconds(30))
            let byOffset = Dictionary(
                records.map { ($0.offset, WireRecord($0)) }, uniquingKeysWith: { _, last in last })
            board.withLock { board in
                board.loaded(
                    wanted, wanted.loads.compactMap { load in byOffset[load.offset].map { (load.key, $0) } })
            }
            pool.wake()
        }
    }

    private func perform(_ work: SendBoard.Work) async {
        let queued = work.run
        let place = RecordPlace(
            topic: work.partition.topic, partition: work.partition.partition, offset: queued.position)
        let began = clock.now()
        let wall = clock.milliseconds()
        let attempted = await attempts.perform(queued, at: place, time: clock.timestamp()) { note in
            await self.begins(work, note)
        }
        guard let attempted else {
            board.withLock { $0.abandon(work, now: clock.now()) }
            return
        }
        let (news, hasNewTime) = board.withLock { board in
            let before = board.nextWake
            let news = board.finish(
                work, attempted.verdict, attempted.records, spent: clock.now() - began, at: wall,
                signal: attempted.signal, calls: attempted.calls, now: clock.now())
            return (news, board.nextWake != before)
        }
        if hasNewTime { timer.changed() }
        for news in news { report(news) }
    }

    /// An attempt of an action that must not be repeated unasked, or unseen, waits until its note is written down.
    private func begins(_ work: SendBoard.Work, _ note: StartNote) async -> Bool {
        board.withLock { $0.began(work, note) }
        // It may have waited for a token while its partition went to another sender.
        guard note.policy.isNotedFirst else { return board.withLock { $0.isNoted(work) } != nil }
        changes.changed()
        _ = await changes.wait(within: .seconds(Int64.max / 4)) {
            self.board.withLock { $0.isNoted(work) } != false || self.failure.withLock { $0 != nil }
        }
        return board.withLock { $0.isNoted(work) } == true
    }

    private func report(_ news: SendGates.CircuitNews) {
        switch news.change {
        case .opened(let pause):
            logger.warning(
                "endpoint broken: nothing is sent for a while",
                metadata: [LogKeys.circuit: "\(news.circuit)", LogKeys.pause: "\(pause.milliseconds)"])
            Counter(label: "sluice_circuits_opened_total").increment()
        case .recovered:
            logger.notice("endpoint works again", metadata: [LogKeys.circuit: "\(news.circuit)"])
        }
    }

    // MARK: Settlement

    /// How often frontiers are committed that only moved past their partition's end.
    private static let endInterval = Duration.seconds(60)
    private static let noteInterval = Duration.seconds(1)

    private func settlements() async throws {
        var endsCommitted = clock.now()
        var noted = clock.now()
        while !Task.isCancelled {
            if clock.now() - endsCommitted >= Self.endInterval {
                endsCommitted = clock.now()
                board.withLock { $0.commitEnds() }
            }
            // Requests that take long are noted, also when nothing else is to be written.
            _ = await changes.wait(within: Self.noteInterval) {
                self.board.withLock { $0.hasPending } || self.isClosed
            }
            if isClosed, !board.withLock({ $0.hasPending }) { return }
            // What comes within the interval goes along; a full batch, or the end, doesn't wait for it.
            _ = await changes.wait(within: configuration.settleInterval) {
                self.isOver || self.isRevoking
                    || self.board.withLock { $0.pendingCount >= self.configuration.settleCount }
            }
            let notesStarts = clock.now() - noted >= configuration.settleInterval
            if notesStarts { noted = clock.now() }
            try await settle(notesStarts: notesStarts)
        }
    }

    let revoking = Mutex(false)
    private var isRevoking: Bool { revoking.withLock { $0 } }
    private var isClosed: Bool { isOver && board.withLock { $0.table.assignments.isEmpty } }
    /// A batch is on its way: its offsets are not committed yet.
    let isWriting = Mutex(false)

    private func settle(notesStarts: Bool) async throws {
        let (batch, member) = board.withLock { board in
            isWriting.withLock { $0 = true }
            return (board.takeBatch(notesStarts: notesStarts), membership.withLock { $0 })
        }
        defer {
            isWriting.withLock { $0 = false }
            changes.changed()
        }
        guard !batch.writes.isEmpty || !batch.offsets.isEmpty else { return }
        let deliveries = try await writer.write(
            batch.writes.map { $0.record.producerRecord }, offsets: batch.offsets, as: member)
        let now = clock.now()
        board.withLock { $0.written(batch, deliveries, now: now) }
        timer.changed()
        // Attempts that waited for others to be settled may begin.
        poolBox.withLock { $0 }?.wake()
    }
}
