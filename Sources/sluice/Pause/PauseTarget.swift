// What is paused or resumed.

import ArgumentParser
import Flow
import Registry

struct PauseTarget: ParsableArguments {
    enum Kind: String, CaseIterable, ExpressibleByArgument, Sendable {
        case connector, store, workflow, endpoint

        var scope: Pause.Scope {
            switch self {
            case .connector: .connector
            case .store: .store
            case .workflow: .workflow
            case .endpoint: .endpoint
            }
        }
    }

    @Argument(help: "connector, store, workflow or endpoint.")
    var kind: Kind

    /// As the registry has it.
    var id: String { kind == .endpoint ? Endpoint.origin(of: name) ?? name : name }

    @Argument(
        help:
            "Its id: a connector's, a store's domain, a workflow's, or scheme, host and port of an endpoint.")
    var name: String

    func validate() throws {
        // Not repeated: what was meant may have a token in it.
        if kind == .endpoint, Endpoint.origin(of: name) == nil {
            throw ValidationError(
                "the endpoint wants scheme, host and port, such as https://hooks.example.com:8443")
        }
    }
}
