import Liquid

/// Reads the member `connection` of a connector's document.
///
///     connection:
///       ways:
///         - {kind: static, credentials: [{key: token, description: Bot token}]}
///         - {kind: oauth2, token_url: https://example.com/token, client_in: body, scopes: [tasks:write]}
///         - {kind: google-service-account, scopes: […]}
///       settings:
///         - {key: region, required: true, values: [r1, r2], description: Region of the account}
extension ConnectionDefinition {
    init(_ reader: DocumentReader) {
        let ways = reader.list("ways").enumerated().compactMap { index, item in
            CredentialWay(reader.reader(of: item, "\(reader.join("ways"))[\(index)]"))
        }
        let settings = reader.list("settings").enumerated().compactMap { index, item in
            SettingDefinition(reader.reader(of: item, "\(reader.join("settings"))[\(index)]"))
        }
        reader.finish()
        self.init(ways: ways, settings: settings)
    }
}

extension CredentialWay {
    private enum ClientPlace: String, CaseIterable {
        case header, body
    }

    fileprivate init?(_ reader: DocumentReader) {
        let kind: Kind? = reader.choice("kind")
        if !reader.has("kind") { reader.report("\(reader.join("kind")) is missing") }
        let own = reader.list("credentials").enumerated().compactMap { index, item in
            CredentialDefinition(reader.reader(of: item, "\(reader.join("credentials"))[\(index)]"))
        }
        let tokenURL = reader.optionalString("token_url")
        let place: ClientPlace? = reader.choice("client_in")
        let scopes = reader.strings("scopes")
        reader.finish()
        guard let kind else { return nil }
        switch kind {
        case .static where own.isEmpty:
            reader.report("\(reader.join("credentials")): at least one should stand here")
        case .oauth2 where tokenURL == nil: reader.report("\(reader.join("token_url")) is missing")
        case .oauth2 where !own.isEmpty, .googleServiceAccount where !own.isEmpty:
            reader.report("\(reader.join("credentials")): those of \(kind.rawValue) are always the same")
        default: break
        }
        let credentials =
            switch kind {
            case .static: own
            case .oauth2: Self.oauth2Credentials
            case .googleServiceAccount: Self.serviceAccountCredentials
            }
        self.init(
            kind: kind, credentials: credentials, tokenURL: tokenURL, sendsClientInBody: place == .body,
            scopes: scopes)
    }
}

extension CredentialDefinition {
    fileprivate init?(_ reader: DocumentReader) {
        let key = reader.string("key").flatMap { Handle.checkName($0, "key", reader) }
        let description = reader.optionalString("description") ?? ""
        let isRequired = reader.optionalBool("required") ?? true
        reader.finish()
        guard let key else { return nil }
        self.init(key: key, description: description, isRequired: isRequired)
    }
}

extension SettingDefinition {
    fileprivate init?(_ reader: DocumentReader) {
        let key = reader.string("key").flatMap { Handle.checkName($0, "key", reader) }
        let description = reader.optionalString("description") ?? ""
        let isRequired = reader.optionalBool("required") ?? false
        let values = reader.strings("values")
        reader.finish()
        guard let key else { return nil }
        self.init(key: key, description: description, isRequired: isRequired, values: values)
    }
}
