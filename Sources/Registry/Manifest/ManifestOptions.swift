// How a manifest is turned into a plan.

import Flow

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
    /// Seals secrets afresh that rest under a key which is not among those given: it is lost.
    package var replacesUnopenable: Bool
    /// Allows `http` endpoints beyond this machine.
    package var allowsInsecureEndpoints: Bool
    /// Deletes the workflows, connections and users' connectors that the registry has and the manifest has not. A kind of
    /// which the manifest has no document is left alone, a connector that something uses is kept, and organizations and
    /// stores are never deleted.
    package var prunes: Bool
    /// What is wrong with a credential as far as can be told without the vendor; nil = nothing. It knows the vendors' forms,
    /// which this module doesn't.
    package var credentialFault: CredentialFault?

    /// - Parameters: the way that the credential belongs to, its name, and what it is. The text never quotes it.
    package typealias CredentialFault = @Sendable (CredentialWay, _ name: String, _ secret: String) -> String?

    package init(
        environment: [String: String] = [:], readsSecretFiles: Bool = true, secretBox: SecretBox? = nil,
        reseals: Bool = false, replacesUnopenable: Bool = false, allowsInsecureEndpoints: Bool = false,
        prunes: Bool = false,
        credentialFault: CredentialFault? = nil
    ) {
        self.environment = environment
        self.readsSecretFiles = readsSecretFiles
        self.secretBox = secretBox
        self.reseals = reseals
        self.replacesUnopenable = replacesUnopenable
        self.allowsInsecureEndpoints = allowsInsecureEndpoints
        self.prunes = prunes
        self.credentialFault = credentialFault
    }
}
