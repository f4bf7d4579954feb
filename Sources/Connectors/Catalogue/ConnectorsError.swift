package import Flow

/// Why the built-in connectors can't be had, or a request can't be made: faults of the installation or of its
/// settings, never of a vendor.
package enum ConnectorsError: Error, Sendable, CustomStringConvertible {
    case resourcesMissing(lookedIn: [String])
    case unreadable(file: String, reason: String)
    case invalid(Diagnostics)
    case noSigningKey(connector: String, store: String)
    /// - Parameter what: that the connection lacks.
    case incompleteConnection(id: String, lacks: String)

    package var description: String {
        switch self {
        case .resourcesMissing(let places):
            """
            the connectors' files were not found; looked in \(places.joined(separator: ", ")). \
            Put the folder \(ResourceFolder.bundleName) beside the executable, or name it in \
            \(ResourceFolder.overrideVariable)
            """
        case .unreadable(let file, let reason):
            "can't read \(file): \(reason); install the connectors' files again"
        case .invalid(let diagnostics):
            "\(diagnostics)"
        case .noSigningKey(let connector, let store):
            "\(connector) has no signing key in \(store); add one to its connection"
        case .incompleteConnection(let id, let what):
            "the connection \(id) lacks \(what); apply it again"
        }
    }
}
