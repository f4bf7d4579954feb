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
    private static let environment = ProcessInfo.processInfo.environment
    private static let isLong = environment["CHAOS_ROUNDS"].map { !$0.isEmpty } ?? false
    private static let options = Result { () throws(ChaosFault) in try ChaosOptions(environment) }

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

    @Test(.timeLimit(.minutes(8)), .disabled(if: isLong), arguments: cases)
    func `each disturbance once: nothing lost, nothing out of order, repeats only of what was open`(
        _ test: Case
    )
        async throws
    {
        try await play(test, rounds: nil, within: .seconds(120))
    }

    @Test(.enabled(if: isLong), arguments: cases.prefix(2))
    func `as many rounds as are asked for`(_ test: Case) async throws {
        let options = try Self.options.get()
        let rounds = options.rounds ?? 0
        // Exactly once is what most is promised of: of five rounds four are its.
        let others = options.mode == nil ? rounds / 5 : 0
        let own =
            switch options.mode {
            case nil: test.mode == .exactlyOnce ? rounds - others : others
            case test.mode: rounds
            default: 0
            }
        guard own > 0 else { return ProvingGround.say("chaos, \(test.testDescription): no round is its") }
        try await play(test, rounds: own, within: nil)
    }

    private func play(_ test: Case, rounds: Int?, within limit: Duration?) async throws {
        let options = try Self.options.get()
        let setup = ProvingSetup(place: test.place, mode: test.mode)
        try await ProvingGround.run(setup) { ground in
            let kinds = ground.chaosKinds.filter { options.kinds?.contains($0) ?? true }
            // The embedded cluster's few kinds have variants.
            let drawn = ChaosRound.draw(rounds ?? max(kinds.count, 8), of: kinds, seed: options.seed)
            try #require(
                !drawn.isEmpty,
                "none of CHAOS_KINDS can be played here; possible: \(ground.chaosKinds.map { "\($0)" })")
            try await ground.workers.start(matchers: 2, senders: 2)
            try await ground.whileVerifying {
                ProvingGround.say(
                    "chaos, \(test.testDescription): \(drawn.count) rounds of \(kinds.count) kinds, seed \(options.seed)"
                )
                let tally = try await ChaosRun(ground: ground, rounds: drawn, seed: options.seed)
                    .play(within: limit)
                ProvingGround.say(tally.text)
                #expect(!tally.results.isEmpty)
                #expect(ground.verification.finish().isSound)
            }
        }
    }
}
