// Half of what the workers can do, for a long time, with a rebalance each minute.

import Foundation
import Pipeline
import Synchronization
import TestSupport

@testable import sluice

/// Measures the capacity, sends at half of it, and watches memory and descriptors of every worker that lives through it.
final class SoakRun: Sendable {
    /// What a worker may grow by after the warm-up, in MiB an hour. Windows of remembered ids fill up for a while: they have
    /// their limits, and leave it at that.
    static let memoryBound = 64.0
    /// Descriptors an hour: a rebalance opens and closes some; a leak of one each minute is twice as much.
    static let descriptorBound = 30.0
    static let interval = Duration.seconds(5)
    /// Five for the warm-up, and as many to see a slope in.
    static let leastMinutes = 10
    /// Events by whose time the capacity is measured, after as many to get warm.
    private static let measured = 5_000
    private static let settleLimit = Duration.seconds(120)
    /// As long as the windows of remembered ids may take to fill, at the rates that a small machine has.
    private static let warmUp = Duration.seconds(300)

    let ground: ProvingGround
    let minutes: Int
    private let series = Mutex<[String: SampleSeries]>([:])
    private let began = ContinuousClock.now

    init(_ ground: ProvingGround, minutes: Int) {
        self.ground = ground
        self.minutes = minutes
    }

    /// Call it while the ground verifies.
    func run() async throws -> SoakResult {
        guard minutes >= Self.leastMinutes else {
            throw ChaosFault(what: "SOAK_MINUTES is \(minutes); allowed \(Self.leastMinutes) and more")
        }
        _ = try await rate(of: Self.measured)
        let capacity = try await rate(of: Self.measured)
        let rate = capacity / 2
        ProvingGround.say(
            "capacity \(Int(capacity)) events per second; \(minutes) minutes at \(Int(rate)), a rebalance each minute"
        )
        let start = seconds
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.ground.verification.emit(Int(rate * 60) * self.minutes, rate: rate)
            }
            group.addTask { try await self.rebalance() }
            group.addTask { try await self.sample() }
            try await group.next()
            group.cancelAll()
        }
        let end = seconds
        let isSettled = await ground.verification.settle(within: Self.settleLimit)
        return SoakResult(
            capacity: capacity, rate: rate,
            warmUp: start + max(ProgressText.seconds(Self.warmUp), Double(minutes) * 60 / 3),
            end: end, workers: watched.mapValues(\.child.isRunning),
            series: series.withLock { $0 }, report: ground.verification.finish(), isSettled: isSettled)
    }

    private var seconds: Double { ProgressText.seconds(began.duration(to: .now)) }

    /// Events per second, from the first to the end of the last.
    private func rate(of count: Int) async throws -> Double {
        let start = ContinuousClock.now
        try await ground.verification.emit(count, rate: nil)
        guard await ground.verification.settle(within: Self.settleLimit) else {
            throw ChaosFault(what: "\(count) events had not ended after \(Self.settleLimit)")
        }
        return ProgressText.rate(count, start.duration(to: .now))
    }

    /// A pair of members joins in one minute and leaves in the next. The workers that are watched stay.
    private func rebalance() async throws {
        for minute in 1... {
            try await Task.sleep(for: .seconds(60))
            let began = ProvingGround.now
            let names = ["extra-sender", "extra-matcher"]
            for (name, role) in zip(names, ["sender", "matcher"]) {
                if minute % 2 == 1 {
                    try await ground.workers.start(role, name, isStatic: false)
                } else {
                    let status = try await ground.workers.retire(name)
                    guard status == .code(0) else {
                        throw ProvingGround.UnexpectedEnd(name: name, status: status)
                    }
                }
            }
            ground.verification.note(
                Disturbance(.rebalance, at: began, until: ProvingGround.now, process: names[0]))
            let report = ground.verification.report
            ProvingGround.say(
                "  minute \(minute)/\(minutes): \(report.succeeded) of \(report.events) events ended, "
                    + "\(memoryText); \(report.faults.filter { $0.name != "unfinished" }.map(\.name))")
        }
    }

    /// Those that live through it.
    private var watched: [String: RoleProcess] { ground.workers.all.filter { !$0.key.hasPrefix("extra") } }

    private var memoryText: String {
        series.withLock { $0 }.sorted { $0.key < $1.key }.compactMap { name, series in
            series.samples.last.map { "\(name) \(Int($0.memory)) MiB" }
        }.joined(separator: ", ")
    }

    private func sample() async throws {
        while true {
            for (name, process) in watched {
                guard let sample = ProcessSample(of: process.child.pid, at: seconds) else { continue }
                series.withLock { $0[name, default: SampleSeries()].append(sample) }
            }
            try await Task.sleep(for: Self.interval)
        }
    }
}
