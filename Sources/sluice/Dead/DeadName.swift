// What `dead show` takes.

import Flow

/// How a dead letter is named.
enum DeadName: Hashable, Sendable {
    case place(partition: Int32, offset: Int64)
    case run(RunID)

    init(_ text: String) throws(CommandError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, let partition = Int32(parts[0]), let offset = Int64(parts[1]), partition >= 0,
            offset >= 0
        {
            self = .place(partition: partition, offset: offset)
        } else if let id = RunID(text) {
            self = .run(id)
        } else {
            throw .wrongUse(
                "“\(text)” is neither a place nor an action run's id",
                do: "give PARTITION/OFFSET, as dead list prints it, or the id of an action run")
        }
    }
}
