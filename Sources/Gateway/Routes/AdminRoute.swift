import Connectors
import Flow
import HTTPTypes
import Hummingbird
import Liquid
import Logging

/// `POST [/v1/stores/{store}]/admin/api/{version}/graphql.json`: events of apps that were written for Shopify Flow, as the
/// mutation `flowTriggerReceive` of Shopify's GraphQL Admin API. Nothing else of that API is here.
///
/// The token decides which connector speaks. What is wrong with an event is answered as Shopify does, with 200 and
/// `userErrors`; what keeps any event from being taken, as the other routes do.
struct AdminRoute: Sendable {
    let desk: EventDesk

    func receive(_ request: Request, _ context: GatewayRequestContext) async throws -> Answer {
        try Self.checkVersion(context.segment("version"))
        let directory = desk.directory()
        let store = try Self.store(request, context)
        guard let connector = try speaker(request, store, directory) else {
            // Its body is not read.
            context.closeSoon(after: request)
            return Self.unauthorized
        }
        let id = try request.eventID()
        let isDocument = try Self.isDocument(request.headers[.contentType])
        return try await desk.places.take(for: "\(connector.id)@\(store)") {
            let body = try await request.wholeBody(
                upTo: GatewayConfiguration.documentLimit, what: "the request")
            let given = try isDocument ? GraphQLRequest(document: body) : GraphQLRequest(json: body)
            let mutation: FlowTriggerMutation
            do throws(GraphQLFault) {
                mutation = try FlowTriggerMutation(given)
            } catch {
                return Answer(status: 200, json: ["errors": [error.json]])
            }
            return try await carryOut(
                mutation, of: connector, store: store, id: id, traceParent: request.traceParent)
        }
    }

    /// Reads all of it before anything is written, and writes its events together, in their order.
    private func carryOut(
        _ mutation: FlowTriggerMutation, of connector: ConnectorDefinition, store: String, id: String,
        traceParent: String?
    ) async throws(Problem) -> Answer {
        guard mutation.calls.count <= 1 || id.utf8.count <= 252 else {
            throw .badRequest(
                "the Idempotency-Key is longer than 252 bytes, and each event behind the first gets it with its number",
                do: "send a shorter one")
        }
        var answers: [JSON] = []
        var events: [TriggerEvent] = []
        for (index, call) in mutation.calls.enumerated() {
            let reading = FlowTriggerReading(call.arguments, of: connector, limit: desk.payloadLimit)
            answers.append(reading.answer)
            guard case .event(let trigger, let payload) = reading else { continue }
            events.append(
                desk.event(
                    trigger, of: connector.id, store: store, id: index == 0 ? id : "\(id)~\(index + 1)",
                    payload: payload, traceParent: traceParent))
        }
        var receipts: [JSON] = []
        if !events.isEmpty {
            let places = try await desk.send(events.map { $0.record(desk.topics) })
            receipts = zip(events, places).map { .compact(desk.receipt($0.identity, $1)) }
        }
        let extensions: JSON = ["sluice": ["events": .array(receipts)]]
        return Answer(
            status: 200,
            json: .compact([
                "data": mutation.data(answers), "extensions": receipts.isEmpty ? JSON?.none : extensions,
            ]))
    }

    // MARK: Who asks, and what for

    private static func checkVersion(_ segment: String?) throws(Problem) {
        let version = try PathName.decoded(segment, "API version")
        guard version.wholeMatch(of: /[0-9]{4}-(0[1-9]|1[0-2])|unstable/) == nil else { return }
        throw .notFound(
            "there is no API version “\(version.prefix(40))”",
            do: "name one as 2026-10, or unstable; all are the same here")
    }

    /// The one in the path; else the host that was asked.
    private static func store(_ request: Request, _ context: GatewayRequestContext) throws(Problem) -> String
    {
        if let segment = context.segment("store") { return try PathName.store(segment) }
        let host = request.head.authority ?? ""
        let name = host.lastIndex(of: ":").map { host[..<$0] } ?? host[...]
        return name.lowercased()
    }

    /// Nil for nobody: the same whether the store, the connection or the token is wrong, so that outsiders learn nothing.
    private func speaker(
        _ request: Request, _ store: String, _ directory: Directory
    ) throws(Problem) -> ConnectorDefinition? {
        let token = request.header("X-Shopify-Access-Token") ?? request.bearerToken
        let speakers = try desk.secrets.speakers(token, store: store, in: directory)
        guard !token.isEmpty, let speaker = speakers.first, directory.stores[store] != nil else {
            desk.logger.warning(
                "admin request refused",
                metadata: [
                    GatewayLogKeys.store: "\(store.prefix(255))",
                    GatewayLogKeys.reason: directory.stores[store] == nil
                        ? "there is no such store" : "no connection of the store has this ingest_token",
                ])
            return nil
        }
        guard speakers.count == 1 else {
            throw Problem(
                status: 409, title: "Conflict",
                detail: "the token is of several connectors: \(speakers.map(\.id).joined(separator: ", "))",
                remedy: "give each connection an ingest_token of its own: it tells which app speaks")
        }
        return speaker
    }

    /// Shopify's own words.
    private static let unauthorized = Answer(
        status: 401,
        json: [
            "errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"
        ])

    /// Whether the body is a document, and not JSON around one.
    private static func isDocument(_ contentType: String?) throws(Problem) -> Bool {
        let type = contentType?.split(separator: ";").first?.lowercased()
        switch type?.filter({ $0 != " " }) {
        case "application/graphql": return true
        case nil, "application/json": return false
        default:
            throw Problem(
                status: 415, title: "Unsupported media type", detail: "the body is \(contentType ?? "")",
                remedy: "send application/json or application/graphql")
        }
    }
}
