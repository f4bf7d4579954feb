// Rounds on a proving ground, one after the other, each checked before the next begins.

import Flow
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import sluice

/// A continuous stream of events through workers that are disturbed once in each round.
struct ChaosRun: Sendable {
    /// Events of a round, and how many per second.
    static let events = 400
    static let rate = 200.0
    /// How long a round's runs may take to their ends: sessions and transactions have to run out, and retries come due; on a
    /// busy machine all of it takes a multiple.
    private static let settleLimit = Duration.seconds(180)

    /// How soon a worker that ended by itself is started again.
    private static let supervision = Duration.seconds(2)

    let ground: ProvingGround
    let rounds: [ChaosRound]
    let seed: UInt64

    /// - Parameter limit: no round begins after it.
    /// - Returns: what came of each.
    func play(within limit: Duration? = nil) async throws -> ChaosTally {
        var tally = ChaosTally(seed: seed)
        let began = ContinuousClock.now
        for round in rounds {
            if let limit, began.duration(to: .now) > limit { break }
            do {
                let result = try await play(round, after: tally.results.last?.kind)
                tally.results.append(result)
                ProvingGround.say("  round \(round.number)/\(rounds.count) \(result.line)")
            } catch {
                ProvingGround.say("  round \(round.number)/\(rounds.count) \(round.kind.rawValue): \(error)")
                ProvingGround.say(ground.verification.report.text(elapsed: began.duration(to: .now)))
                ProvingGround.say("repeat with CHAOS_SEED=\(seed)\n\(tally.text)")
                throw error
            }
        }
        if tally.results.count < rounds.count {
            ProvingGround.say(
                "  \(tally.results.count) of \(rounds.count) rounds were played, since the time for them is over"
            )
        }
        return tally
    }

    private func play(_ round: ChaosRound, after previous: ChaosKind?) async throws -> ChaosResult {
        let began = ContinuousClock.now
        let before = ground.verification.report
        if ground.wantsQuiet(round.kind) {
            try await ground.disturb(round)
            try await ground.verification.emit(Self.events, rate: Self.rate)
        } else {
            async let emitted = ground.verification.emit(Self.events, rate: Self.rate)
            // Events are on their way by then; at which of them it comes is the seed's.
            try await Task.sleep(for: round.delay)
            try await ground.disturb(round)
            _ = try await emitted
        }
        let (isSettled, revived) = try await settle()
        let after = ground.verification.report
        let result = ChaosResult(
            kind: round.kind, took: began.duration(to: .now), before: before, after: after,
            revived: revived)
        let isCalm = round.kind.isOrderly && previous?.showsLate != true && !result.hasStandstill
        try check(
            result, after, isSettled: isSettled, isCalm: isCalm, mayEnd: !isCalm || previous?.endsLate == true
        )
        return result
    }

    /// Waits for the ends of all runs. What ends by itself meanwhile is started again, as a supervisor does.
    private func settle() async throws -> (isSettled: Bool, revived: [RevivedWorker]) {
        let began = ContinuousClock.now
        var revived: [RevivedWorker] = []
        while began.duration(to: .now) < Self.settleLimit {
            let isSettled = await ground.verification.settle(within: Self.supervision)
            revived += try await ground.workers.revive()
            if isSettled { return (true, revived) }
        }
        try await ground.verification.inquire()
        return (false, revived)
    }

    /// - Parameters:
    ///   - isCalm: whether nothing was done that may repeat anything, in this round or late from the one before.
    ///   - mayEnd: whether a worker may end by itself, likewise.
    private func check(
        _ result: ChaosResult, _ report: VerificationReport, isSettled: Bool, isCalm: Bool, mayEnd: Bool
    ) throws(ChaosFault) {
        if let fault = result.revived.lazy.compactMap({ $0.fault(isCalm: !mayEnd) }).first {
            throw ChaosFault(what: "a worker ended by itself: \(fault)")
        }
        if !isSettled { throw ChaosFault(what: "runs had not ended after \(Self.settleLimit)") }
        if !report.isSound { throw ChaosFault(what: "unsound") }
        guard report.succeeded == report.events else {
            throw ChaosFault(what: "\(report.succeeded) of \(report.events) runs succeeded")
        }
        if isCalm, result.repeats > 0 || result.overlaps > 0 {
            throw ChaosFault(
                what: "\(result.repeats) repeats and \(result.overlaps) overlaps though all was in good order"
            )
        }
        // noida-db shows records of transactions whose end it never told.
        if ground.setup.mode == .exactlyOnce, ground.broker?.kind != .noidaDB, result.recordedTwice > 0 {
            throw ChaosFault(what: "\(result.recordedTwice) records twice though they are exactly once")
        }
    }
}

/// Why a round is not as it should be; the report says more.
struct ChaosFault: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
