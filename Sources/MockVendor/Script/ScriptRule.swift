// One rule of a script: for which action runs it is, and what it answers.

/// Answers for the action runs of one action, one connector or all, perhaps of one store or a share of them.
package struct ScriptRule: Hashable, Sendable {
    package var action: ActionPattern
    /// Nil is every store.
    package var store: String?
    /// 0…1 of the action runs, chosen by a hash of their id and the script's seed.
    package var share: Double
    /// The n-th is for the n-th attempt of a run, the last repeats.
    package var answers: [ScriptedAnswer]

    package init(
        action: ActionPattern = .any, store: String? = nil, share: Double = 1, answers: [ScriptedAnswer]
    ) {
        self.action = action
        self.store = store
        self.share = share
        self.answers = answers
    }

    func fits(connector: String, handle: String, store: String) -> Bool {
        action.fits(connector: connector, handle: handle) && (self.store == nil || self.store == store)
    }
}
