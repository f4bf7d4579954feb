// What `make chaos` was asked for, from the environment.

import Pipeline

/// How many rounds of what. A word that is not known is refused: a run that plays nothing must not be green.
struct ChaosOptions: Hashable, Sendable {
    /// CHAOS_ROUNDS: the long run, and nothing else; nil = a few rounds of each kind.
    let rounds: Int?
    /// CHAOS_SEED: repeats a run.
    let seed: UInt64
    /// CHAOS_MODE: only this delivery mode.
    let mode: DeliveryMode?
    /// CHAOS_KINDS: only these, by the names of the cases.
    let kinds: Set<ChaosKind>?

    init(_ environment: [String: String]) throws(ChaosFault) {
        func word(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        rounds = try Self.number(word("CHAOS_ROUNDS"), "CHAOS_ROUNDS", in: 1...1_000_000)
        seed =
            try Self.number(word("CHAOS_SEED"), "CHAOS_SEED", in: 0...UInt64.max) ?? .random(in: 0...999_999)
        let mode = word("CHAOS_MODE")
        self.mode = mode.flatMap { DeliveryMode(rawValue: $0) }
        if let mode, self.mode == nil {
            throw ChaosFault(what: "CHAOS_MODE is \(mode); allowed exactly-once, at-least-once")
        }
        var kinds: Set<ChaosKind> = []
        for word in word("CHAOS_KINDS")?.split(separator: ",") ?? [] {
            guard let kind = ChaosKind.allCases.first(where: { "\($0)" == word }) else {
                let known = ChaosKind.allCases.map { "\($0)" }.joined(separator: ", ")
                throw ChaosFault(what: "CHAOS_KINDS names \(word); allowed \(known)")
            }
            kinds.insert(kind)
        }
        self.kinds = kinds.isEmpty ? nil : kinds
    }

    private static func number<Number: FixedWidthInteger>(
        _ word: String?, _ name: String, in range: ClosedRange<Number>
    ) throws(ChaosFault) -> Number? {
        guard let word else { return nil }
        guard let number = Number(word), range.contains(number) else {
            throw ChaosFault(what: "\(name) is \(word); allowed \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }
}
