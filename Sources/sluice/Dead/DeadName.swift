// What `dead show` takes.

import Flow
import Pipeline

/// How a dead letter is named.
enum DeadName: Hashable, Sendable {
    case place(LetterPlace)
    case run(RunID)

    init(_ text: String) throws(CommandError) {
        if let place = LetterPlace(text) {
            self = .place(place)
        } else if let id = RunID(text) {
            self = .run(id)
        } else {
            throw .wrongUse(
                "“\(text)” is neither a place nor an action run's id",
                do: "give PARTITION/OFFSET, as dead list prints it, or the id of an action run")
        }
    }
}
