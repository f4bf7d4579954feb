// The entities of one kind, for people and as JSON.

import Connectors
import Flow
import Liquid
import Registry

/// Entities by id, without their secrets.
struct EntityList: Sendable {
    private let kind: RegistryEntry.Kind
    private let directory: Directory
    private let catalogue: Catalogue
    let ids: [String]

    init(_ kind: RegistryEntry.Kind, in directory: Directory, _ catalogue: Catalogue) {
        self.kind = kind
        self.directory = directory
        self.catalogue = catalogue
        let start = "\(kind.rawValue)/"
        ids = directory.current.filter { $0.value.body != nil && $0.key.hasPrefix(start) }
            .map { String($0.key.dropFirst(start.count)) }.sorted()
    }

    /// The entity's document with its id and version; nil where there is none.
    subscript(id: String) -> JSON? {
        guard let current = directory.newest(kind, id), let body = current.body?.objectValue else {
            return nil
        }
        var members = Self.withoutSecrets(body)
        members["id"] = .string(id)
        members["version"] = .integer(Int64(current.version))
        return .object(members)
    }

    var json: JSON { .array(ids.compactMap { self[$0] }) }

    func table(only id: String? = nil) -> TextTable {
        let ids = id.map { [$0] } ?? ids
        switch kind {
        case .connector:
            return TextTable(
                ["ID", "NAME", "TRIGGERS", "ACTIONS", "VERSION"],
                rows: ids.map { id in
                    let connector = directory.connectors[id]
                    return [
                        id, connector?.name ?? "unreadable", "\(connector?.triggers.count ?? 0)",
                        "\(connector?.actions.count ?? 0)", version(id),
                    ]
                })
        case .organization:
            return TextTable(
                ["ID", "NAME", "STORES", "VERSION"],
                rows: ids.map { id in
                    let stores = directory.stores(of: .organization(id)).count
                    return [id, directory.organizations[id]?.name ?? "", "\(stores)", version(id)]
                })
        case .store:
            return TextTable(
                ["DOMAIN", "ORGANIZATION", "SLUICE", "APPS", "VERSION"],
                rows: ids.map { id in
                    let store = directory.stores[id]
                    let isInstalled = store?.isSluiceInstalled ?? false
                    return [
                        id, store?.organization ?? "", isInstalled ? "installed" : "not installed",
                        "\(store?.apps.count ?? 0)", version(id),
                    ]
                })
        case .connection:
            return TextTable(
                ["ID", "GOES TO", "STATE", "VERSION"],
                rows: ids.map { id in
                    let connection = directory.connections[id]
                    let origins = connection?.destinations(catalogue[connection?.connector ?? ""])
                        .compactMap { Endpoint.origin(of: $0) }
                    let state = directory.refusal(of: id) == nil ? "ok" : "re-auth needed"
                    return [id, Set(origins ?? []).sorted().joined(separator: ", "), state, version(id)]
                })
        case .pause:
            return TextTable(
                ["KIND", "NAME", "SINCE", "REASON"],
                rows: ids.compactMap { directory.pauses[$0] }.map {
                    [$0.scope.rawValue, $0.name, $0.since.map(PointInTime.text) ?? "", $0.reason ?? ""]
                })
        case .cancellation:
            return TextTable(
                ["KIND", "NAME", "EVENTS BEFORE", "REASON"],
                rows: ids.compactMap { directory.cancellations[$0] }.map {
                    [$0.scope.rawValue, $0.name, $0.moment, $0.reason ?? ""]
                })
        case .authorization:
            return TextTable(
                ["CONNECTION", "STATE", "REASON", "VERSION"],
                rows: ids.compactMap { directory.authorizations[$0] }.map {
                    [$0.connection, $0.state.rawValue, $0.reason ?? "", version($0.connection)]
                })
        case .workflow:
            return TextTable(
                ["ID", "OWNER", "TRIGGER", "STATE", "VERSION"],
                rows: ids.map { id in
                    guard let workflow = directory.workflows[id]?.workflow else {
                        return [id, "", "", "unreadable", version(id)]
                    }
                    return [
                        id, Self.text(workflow.owner), "\(workflow.trigger)",
                        workflow.isEnabled ? "enabled" : "disabled", version(id),
                    ]
                })
        }
    }

    private func version(_ id: String) -> String {
        directory.newest(kind, id).map { "\($0.version)" } ?? ""
    }

    private static func text(_ owner: Workflow.Owner) -> String {
        switch owner {
        case .store(let domain): domain
        case .organization(let id): "organization \(id)"
        }
    }

    /// Of sealed secrets only their keys' names stay, of an endpoint the host: many apps have a token in the path.
    private static func withoutSecrets(_ body: [String: JSON]) -> [String: JSON] {
        var body = body
        if let endpoint = body["endpoint"] {
            body["endpoint"] = nil
            body["endpoint_host"] =
                endpoint.stringValue.flatMap { Endpoint.origin(of: $0) }.map { .string($0) } ?? .null
        }
        for name in ["secrets", "ingest_tokens", "webhook_secrets"] {
            guard let sealed = body.removeValue(forKey: "sealed_\(name)") else { continue }
            body[name] = .array((sealed.arrayValue ?? []).map { ["key_id": $0["key_id"] ?? .null] })
        }
        for name in ["api_base", "token_url"] {
            guard let url = body.removeValue(forKey: name) else { continue }
            body["\(name)_host"] =
                url.stringValue.flatMap { Endpoint.origin(of: $0) }.map { .string($0) } ?? .null
        }
        if let sealed = body.removeValue(forKey: "sealed_credentials") {
            body["credentials"] = .object(
                (sealed.objectValue ?? [:]).mapValues { ["key_id": $0["key_id"] ?? .null] })
        }
        if let sealed = body.removeValue(forKey: "sealed_tokens") {
            body["tokens"] = ["key_id": sealed["key_id"] ?? .null]
        }
        return body
    }
}
