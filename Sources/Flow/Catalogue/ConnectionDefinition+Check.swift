/// What is wrong with the credentials and settings of a connection.
extension ConnectionDefinition {
    /// A fault, and the member that it is in: `["settings", "region"]`.
    package struct Problem: Hashable, Sendable {
        package let member: [String]
        package let message: String
    }

    /// - Parameter connector: its id, for the messages.
    package func problems(
        of connector: String, credentials: Set<String>, settings: [String: String]
    ) -> [Problem] {
        var problems: [Problem] = []
        if ways.isEmpty {
            let message =
                "\(connector) has no API that Sluice calls, and so no credentials and settings; it has a secret (--secret), and "
                + "its endpoint is set with sluice apply"
            return [Problem(member: ["credentials"], message: message)]
        }
        if way(for: credentials) == nil {
            problems.append(
                Problem(
                    member: ["credentials"],
                    message: "credentials: \(connector) needs \(wayNames), not {"
                        + credentials.sorted().joined(separator: ", ") + "}"))
        }
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            problems +=
                problem(of: connector, setting: name, value).map {
                    [Problem(member: ["settings", name], message: $0)]
                } ?? []
        }
        for setting in self.settings where setting.isRequired && settings[setting.key] == nil {
            problems.append(
                Problem(
                    member: ["settings"],
                    message: "settings.\(setting.key) is missing: \(setting.description)"
                        + (setting.values.isEmpty
                            ? "" : " (one of \(setting.values.joined(separator: ", ")))")))
        }
        return problems
    }

    private func problem(of connector: String, setting name: String, _ value: String) -> String? {
        guard let setting = settings.first(where: { $0.key == name }) else {
            return settings.isEmpty
                ? "settings.\(name): \(connector) has no settings"
                : "settings.\(name) is unknown; \(connector) has \(settings.map(\.key).joined(separator: ", "))"
        }
        guard !setting.values.isEmpty, !setting.values.contains(value) else { return nil }
        return "settings.\(name) is “\(value)”; one of \(setting.values.joined(separator: ", "))"
    }

    /// `{token} or {refresh_token, client_id, client_secret[, access_token]}`
    package var wayNames: String { ways.map { "{\($0.names)}" }.joined(separator: " or ") }
}
