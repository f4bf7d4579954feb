package import Flow

extension Connection {
    /// Where requests for one of the connector's actions go: the endpoint, or what the API's paths stand below. Nil where
    /// the connection doesn't say.
    package func destination(of action: ActionDefinition) -> String? {
        switch channel(of: action) {
        case .flowAction: endpoint
        case .vendorAPI: api.base ?? Vendors.api(of: connector)?.base(api.settings)
        }
    }

    /// Where its requests go, of all the connector's actions.
    package func destinations(_ connector: ConnectorDefinition?) -> [String] {
        let all = connector?.actions.compactMap { destination(of: $0) } ?? []
        return Set(all + (endpoint.map { [$0] } ?? [])).sorted()
    }
}
