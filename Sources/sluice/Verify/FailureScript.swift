// How a verification's endpoint fails.

import MockVendor

/// Answers for a share of the runs that fail at first, each in one of the ways that pass by themselves.
enum FailureScript {
    /// - Parameter percent: of the runs.
    static func make(percent: Double, seed: Int64 = 1) -> VendorScript {
        let ways: [(share: Double, answers: [ScriptedAnswer])] = [
            (0.4, [.status(503), .ok]), (0.2, [.status(503), .html, .ok]), (0.2, [.close, .ok]),
            (0.1, [.status(202), .ok]), (0.1, [.slow(.milliseconds(300), then: .ok)]),
        ]
        var rules: [ScriptRule] = []
        // A rule's share is of the runs that the rules before it have left.
        var left = 1.0
        for way in ways {
            let share = percent / 100 * way.share
            rules.append(ScriptRule(share: min(1, share / left), answers: way.answers))
            left = max(0.001, left - share)
        }
        return VendorScript(seed: seed, rules: percent > 0 ? rules : [])
    }
}
