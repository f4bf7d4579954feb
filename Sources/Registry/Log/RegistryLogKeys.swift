// The metadata keys of this module's log messages.

/// Keys of log messages.
enum RegistryLogKeys {
    static let topic = "sluice.registry.topic"
    /// `kind/id/version/nonce`
    static let key = "sluice.registry.key"
    static let reason = "sluice.registry.reason"
    static let offset = "sluice.registry.offset"
    static let count = "sluice.registry.count"
}
