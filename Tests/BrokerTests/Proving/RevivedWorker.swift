// A worker that ended though nobody ended it.

import TestSupport

/// How it ended; a supervisor has started it again.
struct RevivedWorker: Equatable, Sendable {
    let name: String
    let status: ExitStatus
    /// Its last lines.
    let words: String

    var text: String { "\(name), \(status): \(words)" }

    /// Why it is a fault, in words. A worker may give up in good order, with code 1, when its brokers fail or its place in the
    /// group is another's; it may not crash, and where nothing is done to it it may not end at all.
    func fault(isCalm: Bool) -> String? {
        if isCalm { return "\(text), though all was in good order" }
        return status == .code(1) ? nil : "\(text), which is a crash"
    }
}
