// How a manifest is turned into a plan.

/// What the owner of the process allows and provides.
package struct ManifestOptions: Sendable {
    /// What `secret: { env: NAME }` reads.
    package var environment: [String: String]
    /// Whether `secret: { file: PATH }` may read files. Not for manifests that came over the network.
    package var readsSecretFiles: Bool
    /// Seals secrets; without it a manifest with secrets is refused.
    package var secretBox: SecretBox?
    /// Seals secrets again that rest under a key that is no longer the newest: those of all the registry's connections.
    package var reseals: Bool
    /// Allows `http` endpoints beyond this machine.
    package var allowsInsecureEndpoints: Bool
    /// Deletes the workflows, connections and users' connectors that the registry has and the manifest has not. A kind of
    /// which the manifest has no document is left alone, a connector that something uses is kept, and organizations and
    /// stores are never deleted.
    package var prunes: Bool

    package init(
        environment: [String: String] = [:], readsSecretFiles: Bool = true, secretBox: SecretBox? = nil,
        reseals: Bool = false, allowsInsecureEndpoints: Bool = false, prunes: Bool = false
    ) {
        self.environment = environment
        self.readsSecretFiles = readsSecretFiles
        self.secretBox = secretBox
        self.reseals = reseals
        self.allowsInsecureEndpoints = allowsInsecureEndpoints
        self.prunes = prunes
    }
}
