/// The names of log metadata in this module; those of the roles where they mean the same.
enum GatewayLogKeys {
    static let host = "server.address"
    static let port = "server.port"
    static let connector = "connector.name"
    static let store = "store.domain"
    static let connection = "connection.id"
    static let event = "flow.trigger_event.id"
    static let trigger = "flow.trigger.handle"
    static let reason = "reason"
    static let error = "error.message"
}
