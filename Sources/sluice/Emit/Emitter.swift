// Sends events.

import Flow
import Kafka
import Pipeline

/// Sends what a maker makes, in its order within each store, with bounded memory.
///
/// Stores are spread over a few lanes, each with one `send` under way at a time: that keeps the order of a store's
/// events, and keeps the connection busy.
struct Emitter: Sendable {
    private static let laneCount = 4
    /// Watched events that may be on their way at once.
    private static let outstandingLimit = 100_000

    let producer: Producer
    let topics: Topics

    /// - Parameters:
    ///   - rate: events per second, at most; nil = as fast as it goes.
    ///   - watcher: told of each event before it is sent.
    ///   - progress: told of each event that Kafka has acknowledged.
    func run(_ maker: EventMaker, rate: Double?, watcher: RunWatcher? = nil, progress: Progress) async throws
    {
        let lanes = (0..<Self.laneCount).map { _ in EmitLane() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in lanes {
                group.addTask { try await send(lane, progress) }
            }
            do {
                try await make(maker, rate: rate, watcher, lanes)
            } catch let error as CommandError {
                // A payload that can't be: what was made before it is sent, so that it can be said how much that is.
                for lane in lanes { lane.finish() }
                try await group.waitForAll()
                throw error
            } catch {
                for lane in lanes { lane.close() }
                throw error
            }
            for lane in lanes { lane.finish() }
            try await group.waitForAll()
        }
    }

    private func make(_ maker: EventMaker, rate: Double?, _ watcher: RunWatcher?, _ lanes: [EmitLane])
        async throws
    {
        var maker = maker
        let start = ContinuousClock.now
        while true {
            let due = rate.map { start + .seconds(Double(maker.made) / $0) }
            guard let event = try maker.next() else { return }
            if let due, due > .now { try await Task.sleep(until: due, clock: .continuous) }
            if let watcher {
                await watcher.room(below: Self.outstandingLimit)
                watcher.expect(CollectionOfOne(event.identity))
            }
            try Task.checkCancellation()
            let lane = KeyPartitioner.partition(of: Array(event.identity.store.utf8), count: lanes.count)
            // A closed lane has failed; its task says why.
            guard await lanes[Int(lane)].put(event.record(topics).producerRecord) else { return }
        }
    }

    private func send(_ lane: EmitLane, _ progress: Progress) async throws {
        defer { lane.close() }
        while true {
            let records = await lane.take()
            guard !records.isEmpty else { return }
            do {
                _ = try await producer.send(records)
            } catch let error as SendError {
                progress.add(error.deliveries.count { $0 != nil })
                throw error
            }
            progress.add(records.count)
        }
    }
}
