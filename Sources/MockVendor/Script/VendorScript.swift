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
        let rule = rules.enumerated().first { index, rule in
            rule.fits(connector: connector, handle: handle, store: store)
                && isInShare(rule.share, runID: runID, rule: index)
        }
        let answers = rule?.element.answers ?? defaultAnswers
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
