import Liquid

/// What a connection needs to call a vendor's own API: the ways to prove who asks, and the settings beside them.
package struct ConnectionDefinition: Hashable, Sendable {
    /// In the order of preference.
    package let ways: [CredentialWay]
    package let settings: [SettingDefinition]

    package init(ways: [CredentialWay] = [], settings: [SettingDefinition] = []) {
        self.ways = ways
        self.settings = settings
    }

    /// The way that needs just these credentials, or some of whose optional ones are left out.
    package func way(for names: Set<String>) -> CredentialWay? {
        ways.first { way in
            let required = Set(way.credentials.filter(\.isRequired).map(\.key))
            return required.isSubset(of: names) && names.isSubset(of: way.credentials.map(\.key))
        }
    }
}

/// One way to prove to a vendor who asks.
package struct CredentialWay: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// What the merchant was given, sent as it is or signed with.
        case `static`
        /// An access token that ends, and a refresh token that gives a new one.
        case oauth2
        /// A key file that signs for access tokens.
        case googleServiceAccount = "google-service-account"
    }

    package let kind: Kind
    package let credentials: [CredentialDefinition]
    /// Where tokens are refreshed; only of OAuth 2.
    package let tokenURL: String?
    /// Whether the client proves itself in the body instead of with HTTP Basic.
    package let sendsClientInBody: Bool
    package let scopes: [String]

    package init(
        kind: Kind, credentials: [CredentialDefinition], tokenURL: String? = nil,
        sendsClientInBody: Bool = false, scopes: [String] = []
    ) {
        self.kind = kind
        self.credentials = credentials
        self.tokenURL = tokenURL
        self.sendsClientInBody = sendsClientInBody
        self.scopes = scopes
    }

    /// `refresh_token, client_id, client_secret[, access_token]`
    package var names: String {
        let required = credentials.filter(\.isRequired).map(\.key).joined(separator: ", ")
        let others = credentials.filter { !$0.isRequired }.map(\.key).joined(separator: ", ")
        return others.isEmpty ? required : "\(required)[, \(others)]"
    }

    static let oauth2Credentials = [
        CredentialDefinition(key: CredentialName.refreshToken, description: "Gives the next access token."),
        CredentialDefinition(
            key: CredentialName.clientID, description: "Of the app that the merchant allowed."),
        CredentialDefinition(key: CredentialName.clientSecret, description: "Of the same app."),
        CredentialDefinition(
            key: CredentialName.accessToken, description: "The first one; asked for where it is left out.",
            isRequired: false),
    ]
    static let serviceAccountCredentials = [
        CredentialDefinition(
            key: CredentialName.serviceAccount, description: "The key file of the service account, JSON.")
    ]
}

/// Names of credentials that Sluice itself works with; the others are between a vendor's file and its code.
package enum CredentialName {
    package static let accessToken = "access_token"
    package static let refreshToken = "refresh_token"
    package static let clientID = "client_id"
    package static let clientSecret = "client_secret"
    package static let serviceAccount = "service_account"
}

package struct CredentialDefinition: Hashable, Sendable {
    package let key: String
    package let description: String
    package let isRequired: Bool

    package init(key: String, description: String, isRequired: Bool = true) {
        self.key = key
        self.description = description
        self.isRequired = isRequired
    }
}

/// A setting of a connection that is no secret: a region, an account's number.
package struct SettingDefinition: Hashable, Sendable {
    package let key: String
    package let description: String
    package let isRequired: Bool
    /// The allowed values; empty = any text.
    package let values: [String]

    package init(key: String, description: String, isRequired: Bool = false, values: [String] = []) {
        self.key = key
        self.description = description
        self.isRequired = isRequired
        self.values = values
    }
}
