import Liquid

/// How many requests a vendor takes, and what it counts together.
///
/// In documents: `{requests: 100, seconds: 10, burst: 10, per: connection, property: channel}`. `burst` (at once, a tenth
/// where it isn't said), `per` (`connection` by default) and `property` may be left out.
package struct RateLimit: Hashable, Sendable {
    /// What shares one allowance.
    package enum Scope: String, Hashable, Sendable, CaseIterable {
        /// What goes out under one set of credentials.
        case connection
        case store
        /// All stores: the vendor counts by an application's key.
        case connector
    }

    package let requests: Int
    package let seconds: Int
    package let burst: Int?
    package let scope: Scope
    /// A property of the action, each of whose values has an allowance of its own: Slack's channel.
    package let property: String?

    package init(
        requests: Int, seconds: Int, burst: Int? = nil, scope: Scope = .connection, property: String? = nil
    ) {
        self.requests = requests
        self.seconds = seconds
        self.burst = burst
        self.scope = scope
        self.property = property
    }

    /// Limits of one document, at most.
    package static let countLimit = 10

    /// What can be read; the rest is reported. Nil where the member isn't there.
    package static func read(_ name: String, of reader: DocumentReader) -> [RateLimit]? {
        guard reader.has(name) else { return nil }
        let items = reader.list(name)
        if items.count > countLimit {
            reader.report("\(reader.join(name)): \(items.count) of them; at most \(countLimit)")
        }
        return items.prefix(countLimit).enumerated().compactMap { index, item in
            RateLimit(reader.reader(of: item, "\(reader.join(name))[\(index)]"))
        }
    }

    private init?(_ reader: DocumentReader) {
        let requests = reader.optionalInteger("requests", in: 1...1_000_000)
        let seconds = reader.optionalInteger("seconds", in: 1...86_400) ?? 1
        let burst = reader.optionalInteger("burst", in: 1...1_000_000)
        let scope: Scope = reader.choice("per") ?? .connection
        let property = reader.optionalString("property")
        reader.finish()
        if !reader.has("requests") { reader.report("\(reader.join("requests")) is missing") }
        guard let requests else { return nil }
        self.init(
            requests: Int(requests), seconds: Int(seconds), burst: burst.map { Int($0) }, scope: scope,
            property: property)
    }

    package var body: JSON {
        .compact([
            "requests": .integer(Int64(requests)), "seconds": .integer(Int64(seconds)),
            "burst": burst.map { .integer(Int64($0)) }, "per": .string(scope.rawValue),
            "property": property.map { .string($0) },
        ])
    }
}

extension RateLimit: CustomStringConvertible {
    /// `3500 requests in 60 s per connection, 290 at once`, `1 request a second per connection, for each
    /// channel`.
    package var description: String {
        let count = requests.counted("request")
        let time = seconds == 1 ? "a second" : "in \(seconds) s"
        let owner =
            switch scope {
            case .connection: "per connection"
            case .store: "per store"
            case .connector: "of all stores together"
            }
        let value = property.map { ", for each \($0)" } ?? ""
        return "\(count) \(time) \(owner)\(value)" + (burst.map { ", \($0) at once" } ?? "")
    }
}

/// One allowance that a request uses up, with the name that tells it from others.
package struct Allowance: Hashable, Sendable {
    package let name: String
    package let limit: RateLimit

    package init(name: String, limit: RateLimit) {
        self.name = name
        self.limit = limit
    }
}

extension RateLimit {
    /// The allowances that one request of an action uses up: those that its connection says, or else the catalogue's.
    ///
    /// - Parameter properties: the action's rendered inputs; needed only where a limit counts by one of them.
    package static func allowances(
        of action: ActionReference, in catalogue: Catalogue, for connection: Connection, store: String,
        properties: [String: JSON]
    ) -> [Allowance] {
        let connector = action.connector
        if let own = connection.limits {
            return own.enumerated().map {
                // Two connections may allow different numbers of what they both call the connector's.
                $1.allowance(connector, "own \(connection.id)", $0, connection, store, properties)
            }
        }
        let (shared, particular) = catalogued(of: action, in: catalogue, for: connection)
        return shared.enumerated().map { $1.allowance(connector, "all", $0, connection, store, properties) }
            + particular.enumerated().map {
                $1.allowance(connector, action.handle, $0, connection, store, properties)
            }
    }

    /// Whether a limit counts by a property of the action.
    package static func countsProperties(
        of action: ActionReference, in catalogue: Catalogue, for connection: Connection
    ) -> Bool {
        let (shared, particular) = catalogued(of: action, in: catalogue, for: connection)
        return (connection.limits ?? shared + particular).contains { $0.property != nil }
    }

    /// What a vendor allows at its API says nothing of an endpoint that speaks Flow's protocol in its place.
    private static func catalogued(
        of action: ActionReference, in catalogue: Catalogue, for connection: Connection
    ) -> (shared: [RateLimit], particular: [RateLimit]) {
        guard let definition = catalogue.action(action),
            connection.channel(of: definition) == definition.delivery.channel
        else { return ([], []) }
        return (catalogue[action.connector]?.limits ?? [], definition.delivery.limits)
    }

    private func allowance(
        _ connector: String, _ part: String, _ index: Int, _ connection: Connection, _ store: String,
        _ properties: [String: JSON]
    ) -> Allowance {
        let owner =
            switch scope {
            case .connection: connection.id
            case .store: "\(connector)/\(store)"
            case .connector: connector
            }
        let value = property.map { "/\((properties[$0] ?? .null).jsonText.prefix(200))" } ?? ""
        return Allowance(name: "\(owner)/\(part)/\(index)\(value)", limit: self)
    }
}
