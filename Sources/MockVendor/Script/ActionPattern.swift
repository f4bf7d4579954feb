// Which actions a rule is for.

/// `slack/send-message`, `slack/*` or `*`.
package enum ActionPattern: Hashable, Sendable {
    case any
    case connector(String)
    case action(connector: String, handle: String)

    /// Nil for a text of another form.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1 where parts[0] == "*":
            self = .any
        case 2 where !parts[0].isEmpty && parts[0] != "*" && parts[1] == "*":
            self = .connector(parts[0])
        case 2 where !parts[0].isEmpty && parts[0] != "*" && !parts[1].isEmpty:
            self = .action(connector: parts[0], handle: parts[1])
        default:
            return nil
        }
    }

    func fits(connector: String, handle: String) -> Bool {
        switch self {
        case .any: true
        case .connector(let wanted): wanted == connector
        case .action(let wanted, let wantedHandle): wanted == connector && wantedHandle == handle
        }
    }
}
