// What the mock vendor answers, as data. Reading it from YAML is in VendorScript+Document.swift.

/// Rules that say, for each action run and attempt, what is answered. The first rule that fits counts.
package struct VendorScript: Hashable, Sendable {
    /// Changes which action runs fall into a rule's share; equal seeds choose equal runs.
    package var seed: Int64
    /// For action runs that no rule fits.
    package var defaultAnswers: [ScriptedAnswer]
    package var rules: [ScriptRule]

    package init(seed: Int64 = 0, defaultAnswers: [ScriptedAnswer] = [.ok], rules: [ScriptRule] = []) {
        self.seed = seed
        self.defaultAnswers = defaultAnswers
        self.rules = rules
    }

    /// The answer to attempt number `attempt` (from 1) of an action run; the last of a list repeats.
    package func answer(connector: String, handle: String, store: String, runID: String, attempt: Int)
        -> ScriptedAnswer
    {
        choose(runID: runID, attempt: attempt, or: defaultAnswers) { rule in
            rule.fits(connector: connector, handle: handle, store: store)
        }
    }

    /// The answer to a call of a vendor's public API, which rules may name in several ways. Its store isn't known, so
    /// rules of a store are not for it.
    ///
    /// - Parameter attempt: the how-manieth of this call for this run.
    func answer(connector: String, names: [String], runID: String, attempt: Int) -> ScriptedAnswer {
        choose(runID: runID, attempt: attempt, or: defaultAnswers) { rule in
            rule.store == nil && names.contains { rule.action.fits(connector: connector, handle: $0) }
        }
    }

    /// The answer to the n-th request for a token: of the rule that names it, since `*` is for what is done with tokens.
    func tokenAnswer(connector: String, attempt: Int) -> ScriptedAnswer {
        choose(runID: "token \(attempt)", attempt: attempt, or: [.ok]) { rule in
            rule.store == nil
                && rule.action == .action(connector: connector, handle: TokenRequest.handle)
        }
    }

    private func choose(
        runID: String, attempt: Int, or standard: [ScriptedAnswer], fits: (ScriptRule) -> Bool
    ) -> ScriptedAnswer {
        let rule = rules.enumerated().first { index, rule in
            fits(rule) && isInShare(rule.share, runID: runID, rule: index)
        }
        let answers = rule?.element.answers ?? standard
        guard let last = answers.last else { return .ok }
        return attempt > answers.count ? last : answers[max(attempt, 1) - 1]
    }

    /// Whether a run belongs to a rule's share. The rule's place takes part, so that the shares of two rules are
    /// independent of each other.
    private func isInShare(_ share: Double, runID: String, rule: Int) -> Bool {
        guard share < 1 else { return true }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bitPattern: seed) &* 0x9E37_79B9_7F4A_7C15
        for byte in runID.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        hash = Self.mixed(hash &+ UInt64(rule))
        return Double(hash >> 11) / Double(1 << 53) < share
    }

    /// SplitMix64's finish: FNV-1a alone leaves the upper bits of short texts too much alike.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var mixed = number &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
