// Chaos: a few rounds of each kind in CI, and as many as are asked for by `make chaos`.

import Flow
import Foundation
import Kafka
import Pipeline
import TestSupport
import Testing

@testable import sluice

/// Rounds of disturbances on a continuous stream of events: nothing is lost, no key is out of order, nothing is early, and
/// what repeats was open when something was killed.
@Suite(.serialized) struct ChaosTests {
    /// CHAOS_ROUNDS: the long run, and nothing else.
    private static let rounds = number("CHAOS_ROUNDS")
    private static let seed = number("CHAOS_SEED").map { UInt64($0) } ?? UInt64.random(in: 0...999_999)

    /// CHAOS_MODE: only this delivery mode.
    private static let mode = ProcessInfo.processInfo.environment["CHAOS_MODE"].flatMap {
        DeliveryMode(rawValue: $0)
    }
    /// CHAOS_KINDS: only these, by the names of the cases.
    private static let kinds = ProcessInfo.processInfo.environment["CHAOS_KINDS"].flatMap {
        $0.isEmpty ? nil : Set($0.split(separator: ",").map(String.init))
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var place = ProvingSetup.Place.broker(.noidaDB)
        let mode: DeliveryMode
        var testDescription: String {
            switch place {
            case .broker: mode.rawValue
            case .embedded: "\(mode.rawValue) on the embedded cluster"
            }
        }
    }

    private static let cases = [
        Case(mode: .exactlyOnce), Case(mode: .atLeastOnce), Case(place: .embedded, mode: .atLeastOnce),
    ]

    @Test(.timeLimit(.minutes(5)), .disabled(if: rounds != nil), arguments: cases)
    func `each disturbance once: nothing lost, nothing out of order, repeats only of what was open`(
        _ test: Case
    )
        async throws
    {
        try await play(test, rounds: nil, within: .seconds(120))
    }

    @Test(.enabled(if: rounds != nil), arguments: cases.prefix(2))
    func `as many rounds as are asked for`(_ test: Case) async throws {
        let rounds = Self.rounds ?? 0
        guard Self.mode == nil else {
            return try await play(test, rounds: test.mode == Self.mode ? rounds : 0, within: nil)
        }
        // Exactly once is what most is promised of: of five rounds four are its.
        let others = rounds / 5
        try await play(test, rounds: test.mode == .exactlyOnce ? rounds - others : others, within: nil)
    }

    private func play(_ test: Case, rounds: Int?, within limit: Duration?) async throws {
        if rounds == 0 { return }
        let setup = ProvingSetup(place: test.place, mode: test.mode)
        try await ProvingGround.run(setup) { ground in
            try await ground.workers.start(matchers: 2, senders: 2)
            try await ground.whileVerifying {
                let kinds = ground.chaosKinds.filter { Self.kinds?.contains("\($0)") ?? true }
                // The embedded cluster's few kinds have variants.
                let drawn = ChaosRound.draw(rounds ?? max(kinds.count, 8), of: kinds, seed: Self.seed)
                ProvingGround.say("chaos, \(test.testDescription): \(drawn.count) rounds, seed \(Self.seed)")
                let tally = try await ChaosRun(ground: ground, rounds: drawn, seed: Self.seed)
                    .play(within: limit)
                ProvingGround.say(tally.text)
                #expect(ground.verification.finish().isSound)
            }
        }
    }
}
