// Which dead letters are wanted.

import Flow

/// All given conditions must hold.
struct DeadFilter: Hashable, Sendable {
    var connector: String?
    var store: String?
    var stage: DeadLetter.Stage?
    /// Part of the reason, upper and lower case alike.
    var reason: String?
    /// Milliseconds since 1970.
    var since: Int64?
    var actionRun: RunID?

    func fits(_ entry: DeadEntry) -> Bool {
        let letter = entry.letter
        if let connector, letter.connector != connector { return false }
        if let store, letter.store != store { return false }
        if let stage, letter.stage != stage { return false }
        if let reason, !letter.reason.lowercased().contains(reason.lowercased()) { return false }
        if let since, entry.timestamp >= 0, entry.timestamp < since { return false }
        if let actionRun, letter.actionRun != actionRun { return false }
        return true
    }
}
