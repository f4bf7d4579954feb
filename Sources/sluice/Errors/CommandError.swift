// Failures that the commands themselves find.

/// A failure in the words that its reader needs: what, where, and what to do.
struct CommandError: Error, Hashable, Sendable {
    let code: EndCode
    let what: String
    /// A file with line, a topic, an option.
    var place: String?
    /// What to do about it.
    var remedy: String?
    /// Lines that belong to it, one for each of several faults.
    var details: [String] = []

    static func failed(
        _ what: String, at place: String? = nil, do remedy: String? = nil, details: [String] = []
    ) -> CommandError {
        CommandError(code: .failed, what: what, place: place, remedy: remedy, details: details)
    }

    static func wrongUse(
        _ what: String, at place: String? = nil, do remedy: String? = nil, details: [String] = []
    ) -> CommandError {
        CommandError(code: .wrongUse, what: what, place: place, remedy: remedy, details: details)
    }
}
