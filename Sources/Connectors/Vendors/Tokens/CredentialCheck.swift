package import Flow

/// What can be told of credentials before anybody asks the vendor.
package enum CredentialCheck {
    /// What is wrong with a credential, and what to give instead; nil = nothing. Never quotes it.
    @Sendable
    package static func fault(_ way: CredentialWay, _ name: String, _ secret: String) -> String? {
        guard way.kind == .googleServiceAccount, name == CredentialName.serviceAccount else { return nil }
        do throws(ServiceAccount.Fault) {
            _ = try ServiceAccount(secret)
            return nil
        } catch {
            return "\(error); give the whole JSON key file that Google made for the account"
        }
    }
}
