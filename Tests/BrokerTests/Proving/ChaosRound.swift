// The rounds of a chaos run, drawn from one seed.

import TestSupport

/// One round: what is done, to whom and when.
struct ChaosRound: Hashable, Sendable {
    let number: Int
    let kind: ChaosKind
    /// Which of two workers.
    let target: Int
    /// From the first event of the round.
    let delay: Duration
    /// Of what has variants: which.
    let variant: Int

    /// Every kind as often as the others, in an order of its own each time.
    static func draw(_ count: Int, of kinds: [ChaosKind], seed: UInt64) -> [ChaosRound] {
        var generator = SplitMix64(seed: seed)
        var rounds: [ChaosRound] = []
        while rounds.count < count, !kinds.isEmpty {
            for kind in kinds.shuffled(using: &generator) where rounds.count < count {
                rounds.append(
                    ChaosRound(
                        number: rounds.count + 1, kind: kind,
                        target: Int.random(in: 0...1, using: &generator),
                        delay: .milliseconds(Int.random(in: 100...1_500, using: &generator)),
                        variant: Int.random(in: 0...999, using: &generator)))
            }
        }
        return rounds
    }
}
